import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPort, loadCpu, makeDirectory, startProcess } from "../machine/processes.ts";
import type { Backend } from "./backend.ts";
import { runGenerator } from "./generator.ts";
import { waitForEcho } from "./udp.ts";

/** What came back of what was sent at some rate. */
export interface RateResult {
  readonly sent: number;
  readonly answers: number;
  readonly wrong: number;
}

export interface RateLoad {
  readonly flows: number;
  readonly bytes: number;
  /** Datagrams a second. */
  readonly rate: number;
  readonly seconds: number;
}

const source = fileURLToPath(new URL("udp-rate.c", import.meta.url));
let program: string | undefined;

/** Why there is no generator; undefined: there is one. It is compiled at the first call. */
export function udpRateAbsence(): string | undefined {
  if (program !== undefined && existsSync(program)) return undefined;
  program = join(makeDirectory(), "udp-rate");
  const { error, status, stderr } = spawnSync("cc", ["-O2", "-o", program, source], { encoding: "utf8" });
  if (error !== undefined) return "needs a C compiler (cc)";
  return status === 0 ? undefined : `the generator does not compile: ${stderr.slice(0, 500)}`;
}

/** To be called when there is a generator. */
export async function startRateEcho(): Promise<Backend> {
  const port = await findPort();
  const process = startProcess([program!, "echo", String(port)], loadCpu, makeDirectory());
  await waitForEcho(port, process);
  return { process, port, program: "cc" };
}

export async function sendAtRate(
  port: number,
  { flows, bytes, rate, seconds }: RateLoad,
): Promise<RateResult> {
  const numbers = [port, flows, bytes, rate, seconds];
  const output = await runGenerator([program!, "send", ...numbers.map(String)]);
  if (!output.startsWith("{")) throw new Error(`the generator gave no result: ${output.slice(0, 500)}`);
  return JSON.parse(output) as RateResult;
}
