import { Duration, Timestamp } from "./values.ts";

const UNITS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
};

/** More characters than any duration needs. */
const MAX_DURATION = 200;

/** `1h30m`, `-1.5s`, as Go writes durations; undefined for anything else, also beyond 64 bits of nanoseconds. */
export function durationOf(text: string): Duration | undefined {
  const match =
    text.length > MAX_DURATION
      ? null
      : /^([+-]?)(0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+)$/.exec(text);
  if (match === null) {
    return undefined;
  }
  let nanos = 0n;
  for (const [, whole, fraction, unit] of match[2]!.matchAll(/(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|μs|ns)/g)) {
    const scale = UNITS[unit!]!;
    nanos += BigInt(whole || 0) * scale;
    if (fraction !== undefined && fraction !== "") {
      nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    }
  }
  const signed = match[1] === "-" ? -nanos : nanos;
  return BigInt.asIntN(64, signed) === signed ? new Duration(signed) : undefined;
}

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:[Tt](\d{2}:\d{2}:\d{2})(?:[.,](\d+))?([Zz]|[+-]\d{2}:\d{2}))?$/;
const EARLIEST = BigInt(Date.parse("0001-01-01T00:00:00Z")) * 1_000_000n;
const LATEST = BigInt(Date.parse("9999-12-31T23:59:59Z")) * 1_000_000n + 999_999_999n;

/** RFC 3339, or a date alone; undefined for anything else and for years outside 1 to 9999. */
export function timestampOf(text: string): Timestamp | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, date, time = "00:00:00", fraction = "", zone = "Z"] = match;
  const local = Date.parse(`${date}T${time}Z`);
  // Date takes 31 February for 3 March and knows hour 24.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== `${date}T${time}`) {
    return undefined;
  }
  let offset = 0;
  if (zone.length > 1) {
    const [hours, minutes] = zone.slice(1).split(":").map(Number) as [number, number];
    if (hours > 23 || minutes > 59) {
      return undefined;
    }
    offset = (hours * 60 + minutes) * 60_000 * (zone[0] === "-" ? -1 : 1);
  }
  const nanos = BigInt(local - offset) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return inRange(nanos) ? new Timestamp(nanos) : undefined;
}

export function inRange(nanos: bigint): boolean {
  return nanos >= EARLIEST && nanos <= LATEST;
}

/** RFC 3339 with as many digits of the second as are needed, in UTC. */
export function timestampText({ nanos }: Timestamp): string {
  const fraction = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((nanos - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  const digits = String(fraction).padStart(9, "0").replace(/0+$/, "");
  return `${seconds}${digits === "" ? "" : `.${digits}`}Z`;
}

/** Seconds, such as `5400s` and `0.5s`. */
export function durationText({ nanos }: Duration): string {
  const seconds = Number(nanos / 1_000_000_000n) + Number(nanos % 1_000_000_000n) / 1e9;
  const short = String(seconds);
  return `${short.includes("e") ? seconds.toFixed(9) : short}s`;
}

/** Standard base64; undefined for anything else. */
export function bytesOf(text: string): Uint8Array | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) {
    return undefined;
  }
  return new Uint8Array(Buffer.from(compact, "base64"));
}
