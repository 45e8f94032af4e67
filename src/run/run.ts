import { OptionError, readOptions, type RawOptions, type RunOptions } from "./options.ts";
import { Output } from "./output.ts";
import { probeBind } from "./probe.ts";
import { Session } from "./session.ts";
import { waitForStop } from "./stop.ts";

export interface RunContext {
  /** The script that is a worker when its first argument is `worker`. */
  readonly script: string;
  /** Of Gatewright. */
  readonly version: string;
}

const failed = 1;
const usageError = 2;
/** As shells say that Ctrl-C ended a program: 128 + SIGINT. */
const interrupted = 130;

/** How long requests under way may take once the run is told to stop: less patience than a person has. */
const drainDeadlineMs = 10_000;

/**
 * `gatewright run`: serves the manifests until a signal ends it. Resolves to the exit code: 0 after a drain,
 * 1 when the files or the address cannot be used, 2 for an option that is not allowed.
 */
export async function run(files: readonly string[], raw: RawOptions, context: RunContext): Promise<number> {
  let options: RunOptions;
  try {
    options = readOptions(raw);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    return refuse(error.message, usageError);
  }
  if (files.includes("")) return refuse("a path is empty: expected the name of a file or folder", usageError);
  if (files.length > 0 && options.api.home === "cluster") {
    return refuse(
      "files and --kubeconfig exclude each other: the resources are those of the cluster",
      usageError,
    );
  }
  if (files.length === 0 && !options.follow) {
    return refuse("--no-follow is about files, and none is named", usageError);
  }
  const { address, api } = options;
  const named = {
    "--address": address,
    "--cluster-address": api.home === "cluster" ? api.address : undefined,
  };
  for (const [option, value] of Object.entries(named)) {
    if (value !== undefined && (await probeBind(value, 0, "TCP")) !== "free")
      return refuse(`${option} ${value}: this machine has no such address`, failed);
  }
  const output = new Output(options.output, process.stdout);
  const session = new Session({
    ...options,
    files,
    script: context.script,
    gatewright: context.version,
    print: (event) => output.print(event),
  });
  const signalled = waitForStop(() => {
    session.kill();
    process.exit(interrupted);
  });
  try {
    await session.start();
  } catch (error) {
    session.kill();
    if (isBug(error)) throw error;
    return refuse((error as Error).message, failed);
  }
  const signal = await signalled;
  output.print({ event: "stopping", signal, deadlineMs: drainDeadlineMs });
  output.print({ event: "stopped", cut: await session.stop(drainDeadlineMs) });
  return 0;
}

/** What the files are to blame for has no class of its own; what we are to blame for has. */
function isBug(error: unknown): boolean {
  return [TypeError, ReferenceError, RangeError].some((type) => error instanceof type);
}

function refuse(message: string, code: number): number {
  process.stderr.write(`error: ${message}\n`);
  return code;
}
