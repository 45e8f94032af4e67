/** A weighted part of a whole. */
export interface Share {
  /** Sum of the weights up to and with this one. */
  readonly upTo: number;
}

/**
 * The share that is drawn. `fraction` is at least 0 and below 1; equally distributed fractions give each share its weight.
 * `undefined` when there is no weight.
 */
export function drawShare<One extends Share>(shares: readonly One[], fraction: number): One | undefined {
  const last = shares.length - 1;
  if (last < 0) return undefined;
  const point = fraction * shares[last]!.upTo;
  for (let i = 0; i <= last; i++) if (point < shares[i]!.upTo) return shares[i];
  return undefined;
}
