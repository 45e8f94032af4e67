// The embedded API server, in memory and with a data folder, beside etcd and kube-apiserver where the environment names
// them: `node bench/api.ts`, see README.md.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { findInstalled, startKubeApiServer } from "./api/kube-apiserver.ts";
import { measure } from "./api/measure.ts";
import { factsOf, saveApiRun, tableOf, verdictsOf, type ApiRun, type Measured } from "./api/report.ts";
import { startGatewright, startGatewrightWithFolder, type Subject } from "./api/subject.ts";
import { readCommit, readMachineFacts, run } from "./machine/facts.ts";
import { isPinned } from "./machine/processes.ts";
import { plainTable } from "./report/table.ts";

const reference = "kube-apiserver";
/** Above this, other programs have taken part of the CPUs. */
const mostLoad = 2;

const { objects, save } = readOptions();
const installed = findInstalled(process.env);
const subjects: readonly (readonly [string, () => Promise<Subject>])[] = [
  ["gatewright, memory", () => startGatewright(undefined)],
  ["gatewright, folder", startGatewrightWithFolder],
  ...(installed === undefined ? [] : [[reference, () => startKubeApiServer(installed)] as const]),
];

const date = new Date().toISOString().slice(0, 10);
const results: Measured[] = [];
for (const [name, start] of subjects) {
  const load = loadavg()[0] ?? 0;
  // What was measured before is part of the load of those that come later.
  if (results.length === 0 && load > mostLoad)
    console.error(
      `The load average is ${load.toFixed(2)}: figures of a busy machine are not for publishing.`,
    );
  console.error(`${name} ...`);
  const subject = await start();
  try {
    const figures = await measure(subject, objects);
    // The whole takes minutes: what is known is shown, in case the rest fails.
    console.error(JSON.stringify(figures));
    results.push({ name, load, figures });
  } finally {
    await subject.stop();
  }
}

const commit = readCommit();
const whole: ApiRun = {
  date,
  ...(commit !== undefined && { commit }),
  machine: readMachineFacts(),
  pinned: isPinned,
  versions: {
    node: process.versions.node,
    ...(installed !== undefined && {
      [reference]: versionOf(installed.kubeApiServer, ["--version"]),
      etcd: versionOf(installed.etcd, ["--version"]),
    }),
  },
  objects,
  results,
};
for (const fact of factsOf(whole)) console.log(fact);
console.log(`\n${plainTable(tableOf(results, reference))}\n`);
for (const verdict of verdictsOf(results, reference)) console.log(verdict);
if (installed === undefined)
  console.log(`${reference} was not measured: KUBE_APISERVER, ETCD and GATEWAY_API_CRDS do not name it`);
if (save) console.log(`saved ${saveApiRun(whole, reference).join(" and ")}`);
process.exit(0);

function versionOf(program: string, args: readonly string[]): string {
  return /\d+\.\d+\.\d+\S*/.exec(run(program, args) ?? "")?.[0] ?? "unknown";
}

function readOptions(): { readonly objects: number; readonly save: boolean } {
  const { values } = parseArgs({
    options: {
      objects: { type: "string", default: "10000" },
      save: { type: "boolean", default: false },
    },
  });
  if (!/^[1-9]\d{0,5}$/.test(values.objects)) {
    console.error(`--objects "${values.objects}" is not a whole number from 1 to 999999`);
    process.exit(1);
  }
  return { objects: Number(values.objects), save: values.save };
}
