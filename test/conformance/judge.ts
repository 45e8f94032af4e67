import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { features } from "../../src/resources/feature.ts";
import { checkClusterAddresses } from "./cluster-addresses.ts";
import type { TestResult } from "./events.ts";
import { checkExamples } from "./examples.ts";
import { gatewayProfiles, type Options } from "./options.ts";
import type { Programs } from "./programs.ts";
import { implementation, readReport, recordReport, summaryOf } from "./report.ts";
import { gatewayClass, runSuite, type SuiteRun } from "./suite.ts";
import type { TestBed } from "./test-bed.ts";
import { probeUndeclared } from "./undeclared.ts";
import { faultsOf, hollowPasses } from "./verdict.ts";

const declared = features.map(({ name }) => name);

/** Lines of a failed test's output that are shown; the log has all. */
const SHOWN = 40;

interface Job {
  readonly bed: TestBed;
  readonly programs: Programs;
  readonly options: Options;
  /** Ends the suite. */
  readonly signal: AbortSignal;
}

/** Runs the suite as often as it is wanted, prints what comes of it, and says whether all is well. */
export async function judge(job: Job): Promise<boolean> {
  const { bed, options, programs, signal } = job;
  const report = join(bed.site.folder, "report.yaml");
  const faults: string[] = [];
  let results: readonly TestResult[] = [];
  for (let round = 1; round <= options.runs && !signal.aborted; round++) {
    rmSync(report, { force: true });
    const run = await runOnce(job, round, report);
    results = run.results;
    faults.push(
      ...faultsOfRun(run, options).map((fault) => (options.runs > 1 ? `run ${round}: ${fault}` : fault)),
    );
    if (!run.passed && results.every(({ outcome }) => outcome !== "fail")) console.log(lastLines(run.output));
    console.log(`Run ${round} of ${options.runs}: ${counts(results)}, ${run.seconds.toFixed(1)} s`);
  }
  if (isWhole(options) && !signal.aborted) {
    const probed = await probeUndeclared({ ...bed, programs, signal }, declared, results);
    const published = await publishedFeatures(bed);
    faults.push(...faultsOf({ results: probed, declared, published }));
    faults.push(...(await checkClusterAddresses(bed.kubectl)));
    faults.push(...(await checkExamples(bed.kubectl, programs.gatewayApi)));
    printNotes(results);
    if (!existsSync(report)) faults.push("the suite has written no report");
    else for (const line of summaryOf(readReport(readFileSync(report, "utf8")))) console.log(line);
  }
  for (const fault of faults) console.log(`failed: ${fault}`);
  const isGood = faults.length === 0 && !signal.aborted;
  if (isGood && options.record) console.log(`Recorded in ${recordReport(readFileSync(report, "utf8"))}`);
  console.log(isGood ? "ok" : "NOT ok");
  return isGood;
}

function isWhole({ only, profiles }: Options): boolean {
  return only.length === 0 && profiles.length === 0;
}

function runOnce({ bed, programs, options, signal }: Job, round: number, report: string): Promise<SuiteRun> {
  const { organization, project, url, version, contact } = implementation;
  const profiles = options.profiles.length > 0 ? options.profiles : gatewayProfiles;
  return runSuite({
    ...bed,
    programs,
    signal,
    only: options.only,
    log: `suite-${round}`,
    flags: [
      `-conformance-profiles=${profiles.join(",")}`,
      `-cleanup-base-resources=${!options.keep}`,
      `-mode=${options.mode === "kubernetes" ? "default" : options.mode}`,
      `-report-output=${report}`,
      `-organization=${organization}`,
      `-project=${project}`,
      `-url=${url}`,
      `-version=${version}`,
      `-contact=${contact}`,
    ],
    onResult: printResult,
  });
}

/** Of the suite alone, and of tests that were asked for and are not there. */
function faultsOfRun({ passed, results }: SuiteRun, { only }: Options): readonly string[] {
  const failed = results.filter(({ outcome }) => outcome === "fail").map(({ name }) => `${name} failed`);
  const absent = only.filter((name) => !results.some((result) => result.name === name));
  return [
    ...failed,
    ...absent.map((name) => `${name} is no test of the suite`),
    ...(results.length === 0 ? ["no test has run"] : []),
    ...(passed ? [] : ["go test says FAIL"]),
  ];
}

async function publishedFeatures({ kubectl }: TestBed): Promise<readonly string[]> {
  const names = await kubectl.value(`gatewayclass ${gatewayClass}`, ".status.supportedFeatures[*].name");
  return names.split(" ");
}

function printResult({ name, outcome, seconds, reason, output }: TestResult): void {
  console.log(
    `${outcome} ${seconds.toFixed(1).padStart(5)} s  ${name}${reason === undefined ? "" : `: ${reason}`}`,
  );
  if (outcome === "fail") console.log(lastLines(output));
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-SHOWN).join("\n");
}

function counts(results: readonly TestResult[]): string {
  const words = (["pass", "fail", "skip"] as const).map((outcome) => {
    const count = results.filter((result) => result.outcome === outcome).length;
    return `${count} ${outcome}`;
  });
  return words.join(", ");
}

function printNotes(results: readonly TestResult[]): void {
  const skipped = results.filter(({ outcome }) => outcome === "skip");
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  for (const line of hollowPasses(results)) console.log(`shows nothing by itself: ${line}`);
}
