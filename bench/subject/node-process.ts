import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { workerFlags } from "../../src/delivery/delivery.ts";
import type { Setup } from "./setup.ts";

/** What `npm start` gives to Node and workers inherit, and what workers get besides. */
export const nodeFlags: readonly string[] = ["--disable-warning=ExperimentalWarning", ...workerFlags];

/** Command line of a script of `bench/process/` that reads the setup from a file. */
export function nodeCommand(script: string, setup: Setup, directory: string): readonly string[] {
  const path = join(directory, "setup.json");
  writeFileSync(path, JSON.stringify(setup));
  return [process.execPath, ...nodeFlags, scriptPath(script), path];
}

export function scriptPath(script: string): string {
  return fileURLToPath(new URL(`../process/${script}`, import.meta.url));
}
