import type { Sample } from "./block.ts";

export type Result = CpuResult | MemoryResult | RateResult;

export interface CpuResult {
  readonly measures: "cpu";
  readonly name: string;
  readonly title: string;
  readonly wanted?: number;
  readonly rows: readonly CpuRow[];
}

export interface CpuRow {
  readonly label: string;
  readonly baseline: string;
  /** Why there are no samples. */
  readonly absent?: string;
  readonly samples: readonly Sample[];
}

export interface RateResult {
  readonly measures: "rate";
  readonly name: string;
  readonly title: string;
  readonly wanted: number;
  readonly baseline: string;
  readonly rows: readonly RateRow[];
}

export interface RateRow {
  readonly label: string;
  readonly absent?: string;
  /** Of each round. */
  readonly figures: readonly RateFigure[];
}

/** The highest rate that was good. */
export interface RateFigure {
  /** Datagrams a second that were sent; 0: the lowest rate was too high. */
  readonly rate: number;
  /** Share that did not come back. */
  readonly lost: number;
  /** Of the proxy, for each that was sent and each that came back. */
  readonly cpuMicroseconds: number;
  /** What the next higher rate failed for. */
  readonly isGeneratorBehind: boolean;
}

export interface MemoryResult {
  readonly measures: "memory";
  readonly name: string;
  readonly title: string;
  readonly rows: readonly MemoryRow[];
}

export interface MemoryRow {
  readonly label: string;
  readonly absent?: string;
  /** Of each round, with a fresh process: bytes for one of the first connections, and for one of those after them. */
  readonly first: readonly number[];
  readonly further: readonly number[];
  /** Bytes before: after traffic over a few connections, which ended. */
  readonly before: readonly number[];
}
