import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { runOptions, type RunArguments } from "./run.ts";

/** What is wrong with the way a command is called. */
const usageError = 2;

/**
 * Runs a command line (without `node` and the script) and resolves to the exit code. `script` is what worker
 * processes are started from.
 */
export async function runCommand(words: readonly string[], script: string): Promise<number> {
  const version = readVersion();
  process.stdout.on("error", leaveWithReader);
  let code = 0;
  const program = new Command("gatewright")
    .description(
      "The Kubernetes Gateway API on this machine and in clusters: control plane and reverse proxy.",
    )
    .version(version, "--version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .showHelpAfterError("(--help tells what is allowed)")
    .exitOverride();
  const serve = async (call: RunArguments) => {
    const { run } = await import("../run/run.ts");
    code = await run(call.files, call.options, { script, version });
  };
  program.addCommand(runOptions(serve).copyInheritedSettings(program));
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageError;
  }
  return code;
}

/** `--help | head -1`: nobody reads on. A command that goes on without a reader says so itself. */
function leaveWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
