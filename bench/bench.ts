// npm run bench: Gatewright beside its peers, in one run, as ratios. README.md says how to read what it prints.
import { existsSync } from "node:fs";
import { findWrkVersion } from "./load/wrk.ts";
import { readCommit, readMachineFacts, run } from "./machine/facts.ts";
import { isPinned, loadCpu } from "./machine/processes.ts";
import { measureCpu } from "./measure/cpu.ts";
import { measureMemory } from "./measure/memory.ts";
import { measureRate } from "./measure/rate.ts";
import type { Result } from "./measure/result.ts";
import { readOptions, usage, type Options } from "./options.ts";
import { sectionOf } from "./report/report.ts";
import { factLines, saveRun } from "./report/save.ts";
import { plainTable } from "./report/table.ts";
import { againLabel, type Contender, type Scenario } from "./scenario/scenario.ts";
import { scenarios } from "./scenario/scenarios.ts";
import { envoy } from "./subject/envoy.ts";
import { gatewright } from "./subject/gatewright.ts";
import { haproxy } from "./subject/haproxy.ts";
import { nginx } from "./subject/nginx.ts";
import { nodeHttp } from "./subject/node-http.ts";
import { nodeFlags } from "./subject/node-process.ts";
import type { Subject } from "./subject/subject.ts";

const subjects: readonly Subject[] = [gatewright, nginx, haproxy, envoy, nodeHttp];

const options = optionsOrExit();
const wrk = requireTools();
if (isPinned) run("taskset", ["-cp", String(loadCpu), String(process.pid)]);

const chosen = subjects.filter(({ name }) => name === gatewright.name || options.peers.includes(name));
const facts = {
  date: new Date().toISOString().slice(0, 10),
  commit: readCommit() ?? "unknown",
  machine: readMachineFacts(),
  pinned: isPinned,
  options,
  versions: {
    ...Object.fromEntries(chosen.map((subject) => [subject.name, subject.findVersion() ?? "not installed"])),
    wrk,
  },
  nodeFlags,
};
console.log(factLines(facts).join("\n"));

const results: Result[] = [];
for (const scenario of scenarios) {
  if (!options.scenarios.includes(scenario.name)) continue;
  const result = await measure(scenario);
  results.push(result);
  say("");
  const { heading, table, notes } = sectionOf(result);
  console.log([`\n${heading}`, plainTable(table), ...notes].join("\n"));
}
if (options.save) console.log(`\nWritten: ${saveRun({ ...facts, results }).join(", ")}`);
process.exit(0);

function measure(scenario: Scenario): Promise<Result> {
  if (scenario.measures === "memory")
    return measureMemory(scenario, peersAt(scenario), options.memoryRounds, say);
  if (scenario.measures === "rate")
    return measureRate(scenario, peersAt(scenario), {
      rounds: options.blocks,
      seconds: options.seconds,
      say,
    });
  const contenders =
    scenario.sizes === undefined
      ? withNoiseFloor(peersAt(scenario), baselineOf(scenario))
      : sizesAt(scenario.sizes);
  return measureCpu(scenario, contenders, { ...options, say });
}

function peersAt(scenario: Scenario): readonly Contender[] {
  const { work } = scenario;
  const baseline = baselineOf(scenario);
  return chosen.map((subject) => ({ label: subject.name, subject, work, baseline }));
}

function baselineOf(scenario: Scenario): string {
  return (scenario.measures === "cpu" ? scenario.baseline : undefined) ?? nginx.name;
}

function withNoiseFloor(contenders: readonly Contender[], name: string): readonly Contender[] {
  const baseline = contenders.find(({ label }) => label === name);
  return baseline === undefined ? contenders : [...contenders, { ...baseline, label: againLabel(name) }];
}

function sizesAt(sizes: NonNullable<Extract<Scenario, { measures: "cpu" }>["sizes"]>): readonly Contender[] {
  return sizes.map((size) => ({ ...size, subject: gatewright }));
}

/** Progress, on one line that the next one replaces; only for people. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function optionsOrExit(): Options {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== undefined) return read;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Without these nothing can be measured. Returns the version of wrk. */
function requireTools(): string {
  const version = findWrkVersion();
  const missing = [
    ...(existsSync("/proc/self/schedstat") ? [] : ["Linux with /proc/PID/schedstat"]),
    ...(version === undefined ? ["wrk"] : []),
    ...(isPinned && run("taskset", ["--version"]) === undefined ? ["taskset"] : []),
  ];
  if (missing.length === 0) return version ?? "";
  console.error(`The benchmark needs ${missing.join(" and ")}: see bench/README.md.`);
  process.exit(1);
}
