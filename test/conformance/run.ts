// npm run conformance: the official suite of the Gateway API, unmodified, against Gatewright.
import { whatIsMissing } from "../cluster/prerequisites.ts";
import type { Site } from "../cluster/site.ts";
import { judge } from "./judge.ts";
import { readOptions, serverOf, usage, type Options } from "./options.ts";
import { buildAll } from "./programs.ts";
import { isWhole, newSite, resumeBed, standingSite, startBed } from "./test-bed.ts";

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exit(2);
}
const missing = whatIsMissing();
if (missing !== undefined) {
  process.stderr.write(`npm run conformance needs ${missing}\n`);
  process.exit(1);
}
if (options.down) {
  const standing = standingSite(options.mode);
  await standing?.close(false);
  console.log(standing === undefined ? "No cluster stands." : "The cluster has ended.");
  process.exit(0);
}

const stop = new AbortController();
let site: Site | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    stop.abort();
    void (site?.close(false) ?? Promise.resolve()).then(() => process.exit(130));
  });
}
try {
  const isGood = await run();
  process.exitCode = isGood ? 0 : 1;
  if (stop.signal.aborted) {
    // The one that got the signal closes the site, and ends this process.
  } else if (options.keep) {
    console.log(`The cluster stays (npm run conformance -- --down ends it). Logs: ${site?.logs}`);
  } else {
    if (!isGood) console.log(`Logs: ${site?.logs}`);
    await site?.close(!isGood);
  }
} catch (error) {
  if (!stop.signal.aborted) {
    const { stderr = "" } = error as { readonly stderr?: string };
    process.stderr.write(`${(error as Error).message}\n${stderr}`);
    if (site !== undefined) process.stderr.write(`Logs: ${site.logs}\n`);
    await site?.close(true);
    process.exitCode = 1;
  }
}

async function run(): Promise<boolean> {
  const { mode, keep } = options;
  const programs = buildAll(serverOf(mode));
  const start = performance.now();
  const standing = keep ? standingSite(mode) : undefined;
  const resumes = standing !== undefined && isWhole(standing);
  site = resumes ? standing : await newSite(mode);
  const bed = resumes ? await resumeBed(site, programs) : await startBed(site, mode, programs);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${resumes ? "The cluster stood" : "A cluster is up"} (${mode}), Gatewright serves: ${seconds} s`,
  );
  return judge({ bed, programs, options, signal: stop.signal });
}
