import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** Runs a program of `node_modules/.bin` (or any other) in the repository with its output shown; returns the exit code. */
export function runCommand(command: string, args: readonly string[]): number {
  const bin = join(root, "node_modules", ".bin");
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` },
    shell: process.platform === "win32",
  });
  return result.status ?? 1;
}
