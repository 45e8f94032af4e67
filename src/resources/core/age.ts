const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

type Unit = readonly [seconds: number, sign: string];

/** Up to `below` seconds: in `major`, and what is left of it in `minor`. */
const scales: readonly { readonly below: number; readonly major: Unit; readonly minor?: Unit }[] = [
  { below: 2 * MINUTE, major: [1, "s"] },
  { below: 10 * MINUTE, major: [MINUTE, "m"], minor: [1, "s"] },
  { below: 3 * HOUR, major: [MINUTE, "m"] },
  { below: 8 * HOUR, major: [HOUR, "h"], minor: [MINUTE, "m"] },
  { below: 2 * DAY, major: [HOUR, "h"] },
  { below: 8 * DAY, major: [DAY, "d"], minor: [HOUR, "h"] },
  { below: 2 * YEAR, major: [DAY, "d"] },
  { below: 8 * YEAR, major: [YEAR, "y"], minor: [DAY, "d"] },
  { below: Infinity, major: [YEAR, "y"] },
];

/** A span as `kubectl get` prints it: `45s`, `4m30s`, `7h`, `3d4h`. A little of the future is now. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  const { major, minor } = scales.find(({ below }) => seconds < below)!;
  const whole = `${Math.floor(seconds / major[0])}${major[1]}`;
  const rest = minor === undefined ? 0 : Math.floor((seconds % major[0]) / minor[0]);
  return rest === 0 ? whole : `${whole}${rest}${minor![1]}`;
}

/** How long before `now` a timestamp was. */
export function ageOf(timestamp: unknown, now: Date): string {
  if (typeof timestamp !== "string") return "<unknown>";
  const time = Date.parse(timestamp);
  return Number.isNaN(time) ? "<unknown>" : humanDuration(now.getTime() - time);
}
