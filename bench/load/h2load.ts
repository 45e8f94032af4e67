import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../machine/facts.ts";
import { makeDirectory } from "../machine/processes.ts";
import { runGenerator } from "./generator.ts";
import type { Load, LoadRequest, LoadResult } from "./wrk.ts";

/** Requests that each connection has under way at once. */
export const streamsPerConnection = 16;

export function findH2loadVersion(): string | undefined {
  return /nghttp2\/(\S+)/.exec(run("h2load", ["--version"]) ?? "")?.[1];
}

/** A file with the body of each request, for h2load. */
export function writeBody(bytes: Buffer): string {
  const path = join(makeDirectory(), "body");
  writeFileSync(path, bytes);
  return path;
}

/**
 * Sends the load over HTTP/2 for so many whole seconds. All requests of the list must be for one host, since h2load knows only
 * one authority; their paths are sent in turn.
 */
export function runH2load(
  load: Load,
  { port, tls, seconds, body }: { port: number; tls: boolean; seconds: number; body?: string },
): Promise<LoadResult> {
  const options = [
    "--threads=1",
    `--clients=${load.connections}`,
    `--max-concurrent-streams=${load.streams ?? streamsPerConnection}`,
    `--duration=${seconds}`,
    ...(body === undefined ? [] : ["-d", body]),
  ];
  return runGenerator(["h2load", ...options, ...requestOptions(load, port, tls)]).then((output) =>
    parseResult(output, seconds),
  );
}

/** Connections that are opened in one go where each carries one request. */
const handshakesPerRun = 200;

/** Sends one HTTP/1.1 request over each of many connections, all with a full TLS handshake, again and again for so many seconds. */
export async function runHandshakes(
  load: Load,
  { port, seconds }: { port: number; seconds: number },
): Promise<LoadResult> {
  const options = ["--threads=1", "--h1", `--clients=${handshakesPerRun}`, `--requests=${handshakesPerRun}`];
  const command = ["h2load", ...options, ...requestOptions(load, port, true)];
  const start = performance.now();
  const total = { requests: 0, bytes: 0, errors: 0 };
  while (performance.now() - start < seconds * 1000) {
    const { requests, bytes, errors } = parseResult(await runGenerator(command), 0);
    total.requests += requests;
    total.bytes += bytes;
    total.errors += errors;
  }
  return { ...total, seconds: (performance.now() - start) / 1000 };
}

function requestOptions(load: Load, port: number, tls: boolean): readonly string[] {
  const [first] = load.requests as readonly [LoadRequest, ...LoadRequest[]];
  const fields = [
    "user-agent: bench",
    "accept-encoding: gzip",
    `:authority: ${first.host}`,
    ...(load.fields ?? []),
  ];
  return [
    ...fields.flatMap((field) => ["-H", field]),
    ...load.requests.map(({ path }) => `${tls ? "https" : "http"}://127.0.0.1:${port}${path}`),
  ];
}

function parseResult(output: string, seconds: number): LoadResult {
  const requests = /(\d+) succeeded, (\d+) failed, (\d+) errored/.exec(output);
  const statuses = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(output);
  if (requests === null || statuses === null)
    throw new Error(`h2load gave no result: ${output.trim().slice(-500)}`);
  const traffic = /\((\d+)\) total/.exec(output);
  return {
    requests: Number(statuses[1]),
    seconds,
    bytes: Number(traffic?.[1] ?? 0),
    // What was under way when the time was over counts as nothing.
    errors: Number(statuses[3]) + Number(statuses[4]),
  };
}
