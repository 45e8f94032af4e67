import type { CpuResult, MemoryResult, Result } from "../measure/result.ts";
import { median } from "../statistics/statistics.ts";
import { againLabel } from "../scenario/scenario.ts";
import { rateSection } from "./rate.ts";
import { disturbance, summarize, verdict, type CpuSummary } from "./summary.ts";
import type { Table } from "./table.ts";

/** A result as it is shown. */
export interface Section {
  readonly heading: string;
  readonly table: Table;
  /** Lines below the table. */
  readonly notes: readonly string[];
}

/** Above this the generator may be what limits the requests per second. */
const busyGenerator = 0.95;

export function sectionOf(result: Result): Section {
  if (result.measures === "cpu") return cpuSection(result);
  return result.measures === "rate" ? rateSection(result) : memorySection(result);
}

function cpuSection(result: CpuResult): Section {
  const summaries = result.rows.map((row) => summarize(row, result.rows));
  const present = summaries.filter(({ absent }) => absent === undefined);
  const again = summaries.find(({ label }) => label === againLabel(summaries[0]?.ratio?.baseline));
  return {
    heading: `${result.name}: ${result.title}`,
    table: [cpuHeader, ...summaries.map(cpuCells)],
    notes: [
      ...summaries.slice(0, 1).flatMap((first) => verdict(result, first, again) ?? []),
      ...summaries.flatMap(({ label, absent }) => (absent === undefined ? [] : [`${label}: ${absent}`])),
      ...present.flatMap(({ label, dropped }) =>
        dropped.length === 0
          ? []
          : [`${label}: ${dropped.length} dropped (${[...new Set(dropped)].join(", ")})`],
      ),
      ...loadNotes(present),
    ],
  };
}

function loadNotes(present: readonly CpuSummary[]): readonly string[] {
  const limited = present.filter(
    ({ foreign, loadBusy, proxyBusy }) =>
      foreign <= disturbance && loadBusy > busyGenerator && proxyBusy < busyGenerator,
  );
  const disturbed = present.filter(({ foreign }) => foreign > disturbance);
  return [
    ...(limited.length === 0
      ? []
      : [`requests/s limited by the generator: ${limited.map(({ label }) => label).join(", ")}`]),
    ...(disturbed.length === 0
      ? []
      : [
          `DISTURBED by other programs on this machine: ${disturbed.map(({ label, foreign }) => `${label} ${percent(foreign)}`).join(", ")}`,
        ]),
  ];
}

const cpuHeader = [
  "CPU us/request",
  "median",
  "MAD",
  "min-max",
  "ratio",
  "95 % interval",
  "pooled",
  "requests/s",
  "user",
  "busy",
  "blocks",
];

function cpuCells(summary: CpuSummary): readonly string[] {
  const { label, ratio } = summary;
  if (summary.absent !== undefined || summary.kept === 0)
    return [label, ...cpuHeader.slice(1).map(() => "-")];
  return [
    label,
    figure(summary.median),
    figure(summary.deviation),
    `${figure(summary.smallest)}-${figure(summary.largest)}`,
    ratio === undefined ? "1" : ratio.median.toFixed(2),
    ratio === undefined ? "" : `${ratio.interval.low.toFixed(2)}-${ratio.interval.high.toFixed(2)}`,
    ratio === undefined ? "" : ratio.pooled.toFixed(2),
    Math.round(summary.requestsPerSecond).toLocaleString("en"),
    percent(summary.userShare),
    percent(summary.proxyBusy),
    String(summary.kept),
  ];
}

function memorySection({ name, title, rows }: MemoryResult): Section {
  const cells = rows.map(({ label, first, further, before }) => {
    if (before.length === 0) return [label, ...memoryHeader.slice(1).map(() => "-")];
    return [label, ...kibibytes(first), ...kibibytes(further), (median(before) / 1024 ** 2).toFixed(1)];
  });
  return {
    heading: `${name}: ${title}`,
    table: [memoryHeader, ...cells],
    notes: rows.flatMap(({ label, absent }) => (absent === undefined ? [] : [`${label}: ${absent}`])),
  };
}

const memoryHeader = ["KiB/connection", "first", "min-max", "further", "min-max", "MiB before"];

function kibibytes(bytes: readonly number[]): readonly string[] {
  const each = bytes.map((value) => value / 1024);
  return [median(each).toFixed(1), `${Math.min(...each).toFixed(1)}-${Math.max(...each).toFixed(1)}`];
}

/** Three digits that say something. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
