// Seconds from the command to the first answer that was routed: `node bench/startup.ts`. All CPUs, as a user has them.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { get } from "./load/verify.ts";
import { readMachineFacts } from "./machine/facts.ts";
import { makeDirectory, register, stopProcess } from "./machine/processes.ts";
import { median, medianDeviation } from "./statistics/statistics.ts";

const runs = 10;
/** Milliseconds to the first answer that are wanted. */
const wanted = 1_000;
/** Milliseconds after which a run has failed: a cold start of a small machine takes a few seconds. */
const startTimeout = 30_000;

const root = fileURLToPath(new URL("..", import.meta.url));
/** What `npm start` does, but for the form of what it prints. */
const command = ["run", "-s", "gatewright", "--", "run", "examples/quickstart", "--echo", "--output", "json"];

interface Start {
  /** Milliseconds since the command. */
  readonly ready: number;
  readonly answered: number;
}

/** As much of what is printed as is read here. */
interface ReadyEvent {
  readonly event: string;
  readonly try?: readonly string[];
  readonly gateways?: unknown;
  readonly conditions?: unknown;
  readonly problems?: unknown;
}

refuseToInstall();
// A cache of compiled code of its own, so that the first run is a first run.
const cache = makeDirectory();
const first = await measureStart();
const starts: Start[] = [];
for (let run = 0; run < runs; run++) starts.push(await measureStart());

const { cpu, cpus, system } = readMachineFacts();
const answered = starts.map((start) => start.answered);
console.log(`${cpu}, ${cpus} CPUs, ${system}, Node ${process.versions.node}`);
console.log(`npm ${command.join(" ")}: milliseconds, ${runs} runs after a first one`);
console.log(
  `first routed answer  median ${whole(median(answered))}  MAD ${whole(medianDeviation(answered))}  ` +
    `min-max ${whole(Math.min(...answered))}-${whole(Math.max(...answered))}`,
);
console.log(`event "ready"        median ${whole(median(starts.map((start) => start.ready)))}`);
console.log(
  `first run, nothing compiled: ready ${whole(first.ready)}, routed answer ${whole(first.answered)}`,
);
console.log(`wanted at most ${wanted}: ${median(answered) <= wanted ? "met" : "not met"}`);
process.exit(0);

async function measureStart(): Promise<Start> {
  const began = performance.now();
  const child = spawn("npm", command, {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const started = register(child);
  let complaint = "";
  child.stderr.on("data", (bytes: Buffer) => (complaint += bytes.toString()));
  const kill = setTimeout(() => void stopProcess(started), startTimeout);
  try {
    for await (const line of createInterface(child.stdout)) {
      const event = JSON.parse(line) as ReadyEvent;
      if (event.event !== "ready") continue;
      const ready = performance.now() - began;
      const { host, url } = findRequest(event);
      const { status } = await get(Number(url.port || 80), host, url.pathname, {}, undefined, url.hostname);
      if (status !== 200) throw new Error(`${url.href} answers ${status}`);
      return { ready, answered: performance.now() - began };
    }
    throw new Error(`it ended before it was ready: ${complaint.trim().slice(-2_000)}`);
  } finally {
    clearTimeout(kill);
    await stopProcess(started);
  }
}

/** The first request that the program proposes and that is a plain GET. */
function findRequest(event: ReadyEvent): { readonly host: string; readonly url: URL } {
  for (const line of event.try ?? []) {
    const match = /^curl(?: -H 'Host: ([^']+)')? (http:\S+)$/.exec(line);
    if (match === null) continue;
    const url = new URL(match[2]!);
    return { host: match[1] ?? url.host, url };
  }
  const { gateways, conditions, problems } = event;
  throw new Error(`no plain GET is proposed: ${JSON.stringify({ gateways, conditions, problems })}`);
}

/** The command installs what is missing (tools/with-node.mjs); that is neither measured nor ours to set off. */
function refuseToInstall(): void {
  const stamp = `${root}node_modules/.gatewright-lock`;
  const lock = createHash("sha256")
    .update(readFileSync(`${root}package-lock.json`))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.error("The dependencies are not those of package-lock.json: run `npm start` once before.");
  process.exit(1);
}

function whole(milliseconds: number): string {
  return milliseconds.toFixed(0);
}
