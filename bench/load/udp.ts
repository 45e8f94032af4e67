import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { findPort, loadCpu, makeDirectory, startProcess, type Process } from "../machine/processes.ts";
import { scriptPath } from "../subject/node-process.ts";
import type { Backend } from "./backend.ts";
import { runGenerator } from "./generator.ts";
import { resultMark } from "./udp-socket.ts";
import type { Load, LoadResult } from "./wrk.ts";

/** With a larger share lost a sample does not count. */
const mostLost = 0.01;

/** Milliseconds in which a subject has to be there, and between two tries. */
const startTimeout = 15_000;
const tryInterval = 50;

export async function startUdpEcho(): Promise<Backend> {
  const port = await findPort();
  const command = [globalThis.process.execPath, scriptPath("udp-echo.ts"), String(port)];
  const process = startProcess(command, loadCpu, makeDirectory());
  await waitForEcho(port, process);
  return { process, port, program: "node" };
}

/** Resolves when datagrams come back whole, from several clients; rejects when the process ends before or is too slow. */
export async function waitForEcho(port: number, started: Process): Promise<void> {
  let gone = false;
  void started.exited.then(() => (gone = true));
  const deadline = performance.now() + startTimeout;
  for (const text of ["one", "two"])
    while (!(await isEchoed(port, text))) {
      if (!gone && performance.now() < deadline) continue;
      const said = readFileSync(started.log, "utf8").trim().slice(-2_000);
      throw new Error(`does not answer: ${said || "it printed nothing"}`);
    }
}

async function isEchoed(port: number, text: string): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.send(text);
    const [answer] = (await once(socket, "message", { signal: AbortSignal.timeout(tryInterval) })) as [
      Buffer,
    ];
    return answer.toString() === text;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

/** `load.connections` flows with `load.streams` datagrams of `load.bodyBytes` under way each. A request is a datagram and its answer. */
export async function runUdp(
  load: Load,
  { port, seconds }: { port: number; seconds: number },
): Promise<LoadResult> {
  const numbers = [port, load.connections, load.streams ?? 1, load.bodyBytes, seconds];
  const output = await runGenerator([
    process.execPath,
    scriptPath("udp-generator.ts"),
    ...numbers.map(String),
  ]);
  const line = output.split("\n").find((text) => text.startsWith(resultMark));
  if (line === undefined) throw new Error(`the generator gave no result: ${output.trim().slice(-500)}`);
  const result = JSON.parse(line.slice(resultMark.length)) as Record<string, number>;
  const { answers = 0, lost = 0, wrong = 0, seconds: took = 0 } = result;
  return {
    requests: answers,
    seconds: took,
    bytes: answers * load.bodyBytes,
    errors: wrong + (lost > (answers + lost) * mostLost ? lost : 0),
  };
}
