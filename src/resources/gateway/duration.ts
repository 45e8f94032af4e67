const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a GEP-2257 duration such as `1h30m` or `500ms`. The text has been validated. */
export function milliseconds(duration: string): number {
  let sum = 0;
  for (const [, digits, unit] of duration.matchAll(/([0-9]+)(ms|h|m|s)/g)) {
    sum += Number(digits) * UNITS[unit!]!;
  }
  return sum;
}
