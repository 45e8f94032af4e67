import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../machine/facts.ts";
import { makeDirectory } from "../machine/processes.ts";
import { runGenerator } from "./generator.ts";

/** What the generator sends: each connection sends the next request of the list when it has the answer to its last. */
export interface Load {
  readonly connections: number;
  readonly requests: readonly LoadRequest[];
  /** Bytes in the body of each request; 0 for none. */
  readonly bodyBytes: number;
  /** Requests that a connection has under way at once, with HTTP/2. */
  readonly streams?: number;
  /** Every request has a connection of its own, with a full TLS handshake: wrk would resume its sessions. */
  readonly handshakes?: boolean;
  /** Further fields `name: value`, with HTTP/2. */
  readonly fields?: readonly string[];
  /** With HTTP/2: the body of each request. */
  readonly body?: Buffer;
}

export interface LoadRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly close: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  /** Connections that failed, and answers other than 2xx and 3xx. */
  readonly errors: number;
}

/** Precedes the line with the result: wrk prints a report of its own before. */
const mark = "bench-result ";

export function findWrkVersion(): string | undefined {
  // `wrk -v` prints its version, then its usage, and fails.
  return /^wrk (\S+)/m.exec(run("sh", ["-c", "wrk -v || true"]) ?? "")?.[1];
}

/** The load as a file that wrk runs. */
export function writeScript(load: Load): string {
  const path = join(makeDirectory(), "load.lua");
  const texts = load.requests.map(
    (request) => `  ${JSON.stringify(requestText(request, load.bodyBytes))},\n`,
  );
  writeFileSync(
    path,
    `local texts = {
${texts.join("")}}
local body = string.rep("x", ${load.bodyBytes})
for i, text in ipairs(texts) do texts[i] = text .. body end
local count = #texts
local at = 0
function request()
  at = at % count + 1
  return texts[at]
end
function done(summary)
  local e = summary.errors
  io.write(string.format('${mark}{"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d}\\n',
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout))
end
`,
  );
  return path;
}

function requestText({ method, host, path, close }: LoadRequest, bodyBytes: number): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    "User-Agent: bench",
    "Accept: */*",
    "Accept-Encoding: gzip",
    ...(close ? ["Connection: close"] : []),
    ...(bodyBytes > 0 ? [`Content-Length: ${bodyBytes}`] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Sends the load for so many whole seconds. */
export async function runWrk(
  script: string,
  load: Load,
  { port, tls, seconds }: { port: number; tls: boolean; seconds: number },
): Promise<LoadResult> {
  const output = await runGenerator([
    "wrk",
    "-t1",
    `-c${load.connections}`,
    `-d${seconds}s`,
    "-s",
    script,
    `${tls ? "https" : "http"}://127.0.0.1:${port}/`,
  ]);
  return parseResult(output);
}

function parseResult(output: string): LoadResult {
  const line = output.split("\n").find((text) => text.startsWith(mark));
  if (line === undefined) throw new Error(`wrk gave no result: ${output.trim().slice(-500)}`);
  const { requests, microseconds, bytes, errors } = JSON.parse(line.slice(mark.length)) as Record<
    string,
    number
  >;
  return {
    requests: requests ?? 0,
    seconds: (microseconds ?? 0) / 1e6,
    bytes: bytes ?? 0,
    errors: errors ?? 0,
  };
}
