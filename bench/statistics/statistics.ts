/** Median of a list; NaN of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median distance from the median, unscaled. */
export function medianDeviation(values: readonly number[]): number {
  const centre = median(values);
  return median(values.map((value) => Math.abs(value - centre)));
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Enough that the ends of the interval do not move in the second decimal from one seed to another. */
const resamples = 4_000;
/** Any; fixed, so that the same values give the same interval. */
const seed = 20_260;

/**
 * The interval that holds the median with 95 % confidence, by the percentile bootstrap. With fewer than six values it is
 * no wider than their range, which holds the true median less often than that: more blocks, not more seconds, help.
 */
export function bootstrapMedian(values: readonly number[]): Interval {
  const random = randomOf(seed);
  const medians = Float64Array.from({ length: resamples }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]!)),
  ).sort();
  return { low: medians[Math.floor(resamples * 0.025)]!, high: medians[Math.ceil(resamples * 0.975) - 1]! };
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
