import { readFileSync } from "node:fs";
import type { Setup } from "../subject/setup.ts";

/** The setup in the file that the command line names. */
export function readSetup(): Setup {
  return JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Setup;
}
