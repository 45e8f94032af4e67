import { direct } from "../measure/rate.ts";
import type { RateResult, RateRow } from "../measure/result.ts";
import { bootstrapMedian, median } from "../statistics/statistics.ts";
import type { Section } from "./report.ts";

/** Fewer rounds give an interval that is not one (see `bootstrapMedian`). */
const fewestRounds = 6;
/** The generator has to do so many times what it measures. */
const leastHeadroom = 2;

const header = [
  "datagrams/s there",
  "median",
  "min-max",
  "ratio",
  "95 % interval",
  "us CPU/datagram",
  "lost",
  "rounds",
];

export function rateSection(result: RateResult): Section {
  const { name, title, rows } = result;
  return {
    heading: `${name}: ${title}`,
    table: [header, ...rows.map((row) => cells(row, result))],
    notes: [
      ...verdict(result),
      ...rows.flatMap(({ label, absent }) => (absent === undefined ? [] : [`${label}: ${absent}`])),
      ...headroom(result),
    ],
  };
}

function cells(row: RateRow, { rows, baseline }: RateResult): readonly string[] {
  const { label, figures } = row;
  if (figures.length === 0) return [label, ...header.slice(1).map(() => "-")];
  const rates = figures.map(({ rate }) => rate);
  const ratios = ratiosOf(row, rows, baseline);
  const interval = ratios === undefined ? undefined : bootstrapMedian(ratios);
  const cost = median(figures.map(({ cpuMicroseconds }) => cpuMicroseconds));
  return [
    label,
    number(median(rates)),
    `${number(Math.min(...rates))}-${number(Math.max(...rates))}`,
    ratios === undefined ? (label === baseline ? "1" : "") : median(ratios).toFixed(2),
    interval === undefined ? "" : `${interval.low.toFixed(2)}-${interval.high.toFixed(2)}`,
    label === direct ? "" : cost.toFixed(2),
    `${(median(figures.map(({ lost }) => lost)) * 100).toFixed(2)} %`,
    String(figures.length),
  ];
}

/** In the same round. */
function ratiosOf(row: RateRow, rows: readonly RateRow[], baseline: string): readonly number[] | undefined {
  const other = rows.find(({ label }) => label === baseline);
  if (other === undefined || other === row || row.label === direct) return undefined;
  const ratios = row.figures.flatMap(({ rate }, i) => {
    const against = other.figures[i]?.rate ?? 0;
    return against === 0 ? [] : [rate / against];
  });
  return ratios.length === 0 ? undefined : ratios;
}

function verdict({ rows, baseline, wanted }: RateResult): readonly string[] {
  const [first] = rows;
  const ratios = first && ratiosOf(first, rows, baseline);
  if (ratios === undefined) return [];
  const text = `wanted at least ${wanted.toFixed(2)} x ${baseline}`;
  if (ratios.length < fewestRounds) return [`${text}: not decided, ${ratios.length} rounds are too few`];
  const { low, high } = bootstrapMedian(ratios);
  if (low >= wanted) return [`${text}: met`];
  return [high < wanted ? `${text}: not met` : `${text}: not decided, too close for the noise`];
}

function headroom({ rows }: RateResult): readonly string[] {
  const most = median(rows.find(({ label }) => label === direct)?.figures.map(({ rate }) => rate) ?? []);
  return rows.flatMap(({ label, figures }) => {
    if (label === direct || figures.length === 0) return [];
    const behind = figures.filter(({ isGeneratorBehind }) => isGeneratorBehind).length;
    const times = most / median(figures.map(({ rate }) => rate));
    return [
      ...(times < leastHeadroom
        ? [`${label}: generator and echo can do only ${times.toFixed(1)} times as much`]
        : []),
      ...(behind > 0 ? [`${label}: the generator was the limit in ${behind} rounds`] : []),
    ];
  });
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}
