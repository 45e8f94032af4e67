import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MachineFacts } from "../machine/facts.ts";
import type { Result } from "../measure/result.ts";
import { sectionOf } from "./report.ts";
import { markdownTable } from "./table.ts";

/** A whole run. */
export interface Run {
  readonly date: string;
  readonly commit?: string;
  readonly machine: MachineFacts;
  readonly pinned: boolean;
  readonly options: object;
  readonly versions: Readonly<Record<string, string>>;
  readonly nodeFlags: readonly string[];
  readonly results: readonly Result[];
}

/** Writes `bench/results/DATE.json` and `.md`, with a number behind the date when there are such already; returns their paths within the repository. */
export function saveRun(run: Run): readonly string[] {
  const directory = new URL("../results/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  let name = run.date;
  for (let i = 2; existsSync(new URL(`${name}.json`, directory)); i++) name = `${run.date}-${i}`;
  const files = [
    [`${name}.json`, `${JSON.stringify(run, roundNumbers, 1)}\n`],
    [`${name}.md`, markdown(run)],
  ] as const;
  for (const [file, text] of files) writeFileSync(fileURLToPath(new URL(file, directory)), text);
  return files.map(([file]) => `bench/results/${file}`);
}

/** Digits beyond the sixth are noise that makes the file long. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}

export function factLines(run: Omit<Run, "results">): readonly string[] {
  const { machine, versions, pinned } = run;
  return [
    `${machine.cpu}, ${machine.cpus} CPUs, ${machine.memoryGiB} GiB, ${machine.system}`,
    pinned ? "proxy on CPU 0; generator and backend on CPU 1" : "NOT PINNED: this machine has a single CPU",
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join("; "),
    `node flags: ${run.nodeFlags.join(" ") || "none"}; commit: ${run.commit ?? "unknown"}`,
  ];
}

function markdown(run: Run): string {
  const sections = run.results.map((result) => {
    const { heading, table, notes } = sectionOf(result);
    return `## ${heading}\n\n${markdownTable(table)}\n${notes.map((note) => `\n- ${note}`).join("")}\n`;
  });
  const facts = factLines(run).map((line) => `- ${line}`);
  return `# Benchmark of ${run.date}

Method and meaning of the columns: [README](../README.md). Ratios are to the row without one.

${facts.join("\n")}
- options: ${JSON.stringify(run.options)}

${sections.join("\n")}`;
}
