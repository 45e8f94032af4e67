import type { Sample } from "../measure/block.ts";
import type { CpuResult, CpuRow } from "../measure/result.ts";
import { bootstrapMedian, median, medianDeviation, type Interval } from "../statistics/statistics.ts";

/** One row of a table of CPU times; microseconds per request. */
export interface CpuSummary {
  readonly label: string;
  readonly absent?: string;
  readonly median: number;
  readonly deviation: number;
  readonly smallest: number;
  readonly largest: number;
  /** To the baseline, of blocks in which both were kept; absent without a baseline. */
  readonly ratio?: Ratio;
  readonly requestsPerSecond: number;
  /** Shares, 0 to 1. */
  readonly userShare: number;
  readonly proxyBusy: number;
  readonly loadBusy: number;
  readonly foreign: number;
  readonly kept: number;
  readonly dropped: readonly string[];
}

export interface Ratio {
  readonly baseline: string;
  readonly median: number;
  readonly interval: Interval;
  /** All CPU time by all requests: what happens in few blocks counts here, and not in the median. */
  readonly pooled: number;
}

export function summarize(row: CpuRow, rows: readonly CpuRow[]): CpuSummary {
  const kept = row.samples.filter(isKept);
  const costs = kept.map(costOf);
  const ratio = ratioOf(row, rows);
  const ticks = sum(kept, (sample) => sample.userTicks + sample.systemTicks);
  return {
    label: row.label,
    ...(row.absent !== undefined && { absent: row.absent }),
    median: median(costs),
    deviation: medianDeviation(costs),
    smallest: Math.min(...costs),
    largest: Math.max(...costs),
    ...(ratio !== undefined && { ratio }),
    requestsPerSecond: median(kept.map(({ requests, seconds }) => requests / seconds)),
    userShare: sum(kept, (sample) => sample.userTicks) / ticks,
    proxyBusy: median(kept.map(({ proxyBusy }) => proxyBusy)),
    loadBusy: median(kept.map(({ loadBusy }) => loadBusy)),
    foreign: median(kept.map(({ foreign }) => foreign)),
    kept: kept.length,
    dropped: row.samples.flatMap(({ dropped }) => dropped ?? []),
  };
}

function ratioOf(row: CpuRow, rows: readonly CpuRow[]): Ratio | undefined {
  const other = rows.find(({ label }) => label === row.baseline);
  if (other === undefined || other === row) return undefined;
  const pairs = row.samples.flatMap((sample) => {
    const against = other.samples.find(({ block }) => block === sample.block);
    return against !== undefined && isKept(sample) && isKept(against) ? [{ sample, against }] : [];
  });
  if (pairs.length === 0) return undefined;
  const ratios = pairs.map(({ sample, against }) => costOf(sample) / costOf(against));
  const own = pooledCost(pairs.map(({ sample }) => sample));
  const others = pooledCost(pairs.map(({ against }) => against));
  return {
    baseline: row.baseline,
    median: median(ratios),
    interval: bootstrapMedian(ratios),
    pooled: own / others,
  };
}

/** Above this share of foreign work the figures are those of a machine that did something else as well. */
export const disturbance = 0.05;
/** Fewer give an interval that is not one (see `bootstrapMedian`). */
const fewestBlocks = 6;

/**
 * What was wanted of the first row, and whether it is so, in words. `again` is the baseline measured a second time:
 * as far as its ratio is from 1, so far may this one be off.
 */
export function verdict(
  { wanted }: CpuResult,
  { ratio, kept, foreign }: CpuSummary,
  again: CpuSummary | undefined,
): string | undefined {
  if (wanted === undefined || ratio === undefined) return undefined;
  const text = `wanted at most ${wanted.toFixed(2)} x ${ratio.baseline}`;
  if (kept < fewestBlocks) return `${text}: not decided, ${kept} blocks are too few`;
  if (foreign > disturbance) return `${text}: not decided, the machine was disturbed`;
  const margin = Math.abs((again?.ratio?.median ?? 1) - 1);
  if (ratio.interval.high + margin <= wanted) return `${text}: met`;
  if (ratio.interval.low - margin > wanted) return `${text}: not met`;
  return `${text}: not decided, too close for the noise`;
}

function isKept(sample: Sample): boolean {
  return sample.dropped === undefined;
}

function costOf({ cpuMicroseconds, requests }: Sample): number {
  return cpuMicroseconds / requests;
}

function pooledCost(samples: readonly Sample[]): number {
  return sum(samples, (sample) => sample.cpuMicroseconds) / sum(samples, (sample) => sample.requests);
}

function sum(samples: readonly Sample[], part: (sample: Sample) => number): number {
  return samples.reduce((total, sample) => total + part(sample), 0);
}
