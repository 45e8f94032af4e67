// npm run cluster: the real control plane against the embedded API server, with work of all kinds for it.
import { buildPrograms } from "./programs.ts";
import { startCluster } from "./control-plane.ts";
import { unexpectedErrors } from "./errors.ts";
import type { Kubectl } from "./kubectl.ts";
import { readOptions, usage, type Options } from "./options.ts";
import { whatIsMissing } from "./prerequisites.ts";
import { scenarios } from "./scenarios.ts";
import { Site } from "./site.ts";

const missing = whatIsMissing();
if (missing !== undefined) {
  process.stderr.write(`npm run cluster needs ${missing}\n`);
  process.exit(1);
}
let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exit(2);
}
const programs = buildPrograms(options.server);
const site = Site.passing();
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    isInterrupted = true;
    void site.close(options.keep).then(() => process.exit(1));
  });
}
let faults: readonly string[] = [];
try {
  const kubectl = await startCluster(site, { programs, server: options.server });
  faults = await work(kubectl, options);
} catch (error) {
  faults = [messageOf(error)];
}
const errors = unexpectedErrors(site);
const isGood = faults.length === 0 && errors.length === 0 && site.ended.length === 0;
for (const { program, line, count } of errors)
  console.log(`unexpected in ${program}.log (${count}): ${line}`);
for (const fault of faults) console.log(`failed: ${fault}`);
for (const program of site.ended) console.log(`failed: ${program} ended before its time`);
const keeps = options.keep || !isGood;
if (keeps) console.log(`Logs: ${site.logs}`);
console.log(isGood ? "ok" : "NOT ok");
if (!isInterrupted) await site.close(keeps);
process.exitCode = isGood ? 0 : 1;

/** Rounds of all scenarios until the time is over; what failed. */
async function work(kubectl: Kubectl, { minutes, names }: Options): Promise<readonly string[]> {
  const start = Date.now();
  const found: string[] = [];
  for (let round = 1; round === 1 || Date.now() - start < minutes * 60_000; round++) {
    for (const [name, play] of Object.entries(scenarios)) {
      if (names.length > 0 && !names.includes(name)) continue;
      const began = performance.now();
      const namespace = `${name}-${round}`;
      try {
        await kubectl.run("create", "namespace", namespace);
        const own = kubectl.within(namespace);
        await own.wait("serviceaccount/default", "create");
        await play(own, namespace);
        await kubectl.run("delete", "namespace", namespace, "--timeout=90s");
      } catch (error) {
        found.push(`${name} in round ${round}: ${messageOf(error)}`);
      }
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(
        `round ${round}: ${name} ${seconds} s${found.length === 0 ? "" : ` (${found.length} failed so far)`}`,
      );
    }
  }
  return found;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stderr } = error as { readonly stderr?: string };
  return stderr === undefined || stderr === ""
    ? error.message
    : `${error.message.split("\n", 1)[0] ?? ""}: ${stderr.trim()}`;
}
