import { CelError } from "../error.ts";
import { method, type Overload } from "../overload.ts";
import { DURATION, INT, STRING, TIMESTAMP } from "../types.ts";
import type { Duration, Timestamp } from "../values.ts";

const DAY = 86_400_000;

/** The moment as a date whose UTC fields show the local time of the zone: `Europe/Rome`, `+02:00`, `-8:00`. */
function local({ nanos }: Timestamp, zone: string): Date {
  // BigInt division rounds towards zero, which would show the wrong second before 1970.
  const millis = Number((nanos - (((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  if (zone === "" || zone === "UTC") {
    return new Date(millis);
  }
  const offset = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(millis + (offset[1] === "-" ? -minutes : minutes) * 60_000);
  }
  let parts;
  try {
    parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(millis);
  } catch {
    throw new CelError(`unknown time zone ${JSON.stringify(zone.slice(0, 100))}`);
  }
  const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value);
  const date = new Date(0);
  date.setUTCFullYear(part("year"), part("month") - 1, part("day"));
  date.setUTCHours(part("hour"), part("minute"), part("second"), ((millis % 1000) + 1000) % 1000);
  return date;
}

const FIELDS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

/** Whole units of a duration, but milliseconds of its last second. */
const UNITS: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / 3_600_000_000_000n,
  getMinutes: (nanos) => nanos / 60_000_000_000n,
  getSeconds: (nanos) => nanos / 1_000_000_000n,
  getMilliseconds: (nanos) => nanos / 1_000_000n,
};

export function times(): Overload[] {
  return [
    ...Object.entries(FIELDS).flatMap(([name, read]) => [
      method(name, [TIMESTAMP], INT, (_, time: Timestamp) => read(local(time, "UTC"))),
      method(name, [TIMESTAMP, STRING], INT, (_, time: Timestamp, zone: string) => read(local(time, zone))),
    ]),
    ...Object.entries(UNITS).map(([name, read]) =>
      method(name, [DURATION], INT, (_, time: Duration) => Number(read(time.nanos))),
    ),
  ];
}
