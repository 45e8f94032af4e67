import { spawnSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

/** What a reader must know of the machine. No names, no paths. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly system: string;
}

export function readMachineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
  };
}

/** The commit that is measured, with "+" when files differ from it; undefined where git or the repository is missing. */
export function readCommit(): string | undefined {
  const hash = run("git", ["rev-parse", "--short=12", "HEAD"]);
  if (hash === undefined) return undefined;
  return run("git", ["status", "--porcelain", "--", "src", "bench", "package-lock.json"]) === ""
    ? hash
    : `${hash}+`;
}

/** What a program prints, both outputs together; undefined when it cannot be started or fails. */
export function run(command: string, args: readonly string[]): string | undefined {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return error === undefined && status === 0 ? `${stdout}${stderr}`.trim() : undefined;
}
