import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MachineFacts } from "../machine/facts.ts";
import { markdownTable, type Table } from "../report/table.ts";
import type { Figures, Rate, Whole } from "./measure.ts";

export interface Measured {
  readonly name: string;
  /** Load average of the last minute when it began. */
  readonly load: number;
  readonly figures: Figures;
}

export interface ApiRun {
  readonly date: string;
  readonly commit?: string;
  readonly machine: MachineFacts;
  readonly pinned: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly objects: number;
  readonly results: readonly Measured[];
}

/** Wanted of the embedded server: CPU milliseconds per create, and KiB per object. */
const wanted = { create: 1, memory: 6 };

type Read = (figures: Figures) => number | undefined;

const lines: readonly (readonly [label: string, read: Read])[] = [
  ...rateLines("create", (figures) => figures.create),
  ...rateLines("GET", (figures) => figures.get),
  ...rateLines("merge patch", (figures) => figures.mergePatch),
  ...rateLines("server-side apply", (figures) => figures.apply),
  ["memory, heap after collection, KiB/object", ({ live }) => live],
  ["memory, resident, KiB/object", ({ resident }) => resident],
  ["list of all, ms", ({ list }) => list.milliseconds],
  ["list of all, MB/s", ({ list }) => megabytesPerSecond(list)],
  ["list of all, CPU ms", ({ list }) => list.cpu],
  ["watch until all have come, ms", ({ watch }) => watch.milliseconds],
  ["watch until all have come, CPU ms", ({ watch }) => watch.cpu],
  ["write sent until watch sees it, ms", ({ propagation }) => propagation.sent],
  ["write answered until watch sees it, ms", ({ propagation }) => propagation.answered],
];

function rateLines(label: string, read: (figures: Figures) => Rate): readonly (readonly [string, Read])[] {
  return [
    [`${label}, CPU ms`, (figures) => read(figures).cpu],
    [`${label}, requests/s`, (figures) => read(figures).perSecond],
  ];
}

function megabytesPerSecond({ bytes, milliseconds }: Whole): number {
  return bytes / 1e3 / milliseconds;
}

/** Figures of all subjects, and ratios to those of the reference where it was measured. */
export function tableOf(results: readonly Measured[], reference: string): Table {
  const compared = results.some(({ name }) => name === reference);
  const ours = results.filter(({ name }) => name !== reference);
  const header = ["", ...results.map(({ name }) => name)];
  if (compared) header.push(...ours.map(({ name }) => `${name} / ${reference}`));
  const rows = lines.map(([label, read]) => {
    const of = (measured: Measured | undefined) => measured && read(measured.figures);
    const base = of(results.find(({ name }) => name === reference));
    const ratios = compared ? ours.map((measured) => ratio(of(measured), base)) : [];
    return [label, ...results.map((measured) => number(of(measured))), ...ratios];
  });
  return [header, ...rows];
}

function number(value: number | undefined): string {
  if (value === undefined) return "";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(size >= 10 ? 1 : 2);
}

function ratio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined || base <= 0 ? "" : (value / base).toFixed(2);
}

export function verdictsOf(results: readonly Measured[], reference: string): readonly string[] {
  return results
    .filter(({ name }) => name !== reference)
    .flatMap(({ name, figures: { create, live = NaN, resident } }) => [
      `${name}: wanted at most ${wanted.create} CPU ms per create: ${met(create.cpu <= wanted.create)}`,
      `${name}: wanted at most ${wanted.memory} KiB per object: heap ${met(live <= wanted.memory)}, resident ${met(resident <= wanted.memory)}`,
    ]);
}

function met(isMet: boolean): string {
  return isMet ? "met" : "not met";
}

/** Writes `bench/results/DATE-api.json` and `.md`; returns their paths within the repository. */
export function saveApiRun(run: ApiRun, reference: string): readonly string[] {
  const directory = new URL("../results/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  const files = [
    [`${run.date}-api.json`, `${JSON.stringify(run, roundNumbers, 1)}\n`],
    [`${run.date}-api.md`, markdown(run, reference)],
  ] as const;
  for (const [name, text] of files) writeFileSync(fileURLToPath(new URL(name, directory)), text);
  return files.map(([name]) => `bench/results/${name}`);
}

/** Digits beyond the sixth are noise that makes the file long. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}

export function factsOf(run: ApiRun): readonly string[] {
  const { machine, versions, results, objects } = run;
  const loads = results.map(({ name, load }) => `${name} ${load.toFixed(2)}`);
  return [
    `${machine.cpu}, ${machine.cpus} CPUs, ${machine.memoryGiB} GiB, ${machine.system}`,
    run.pinned ? "server on CPU 0; the client goes where the system puts it" : "nothing is pinned",
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join("; "),
    `${objects.toLocaleString("en")} HTTPRoutes of ${results[0]?.figures.bytesPerObject ?? 0} bytes; commit: ${run.commit ?? "unknown"}`,
    `load average of the minute before: ${loads.join(", ")}`,
  ];
}

function markdown(run: ApiRun, reference: string): string {
  const { date, results } = run;
  const list = (texts: readonly string[]) => texts.map((text) => `- ${text}`).join("\n");
  return `# API server benchmark of ${date}

Method and meaning of the rows: [README](../README.md#api-server).

${list(factsOf(run))}

${markdownTable(tableOf(results, reference))}

${list(verdictsOf(results, reference))}
`;
}
