import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  findPort,
  loadCpu,
  makeDirectory,
  startProcess,
  waitForPort,
  type Process,
} from "../machine/processes.ts";
import { writeCertificate } from "./certificate.ts";
import { startUdpEcho } from "./udp.ts";
import { nginx, nginxCommand } from "../subject/nginx.ts";
import { scriptPath } from "../subject/node-process.ts";
import { type CertificateFiles, mirrorPrefix } from "../subject/setup.ts";

export const smallBody = `${"x".repeat(127)}\n`;
export const fileBytes = 1024 * 1024;
/** A field of every answer, for a filter to remove. */
export const poweredBy = { name: "X-Powered-By", value: "bench" };
/** gRPC: requests whose path ends so are answered with so many messages. */
export const streamPath = "/Stream";
export const streamMessages = 100;
/** What `/mirror` answers, a line each; `uri` is the request target. */
export const mirrorFields = [
  "uri",
  "host",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-request-id",
  "x-env",
  "x-tag",
  "x-secret",
];

/** With or without what a filter puts in front. */
export function isMirror(url: string): boolean {
  return url.split("/").slice(1, 3).includes(mirrorPrefix.slice(1));
}

export interface Backend {
  readonly process: Process;
  readonly port: number;
  readonly program: "nginx" | "node" | "cc";
}

/** nginx answers from memory, at the least cost to the CPU that it shares with the generator. */
async function startBackend(tls?: CertificateFiles): Promise<Backend> {
  if (nginx.findVersion() === undefined) {
    if (tls !== undefined) throw new Error("needs nginx as the backend");
    return startNodeBackend();
  }
  const directory = makeDirectory();
  mkdirSync(join(directory, "files"));
  writeFileSync(join(directory, "files/1m"), Buffer.alloc(fileBytes, "x"));
  const port = await findPort();
  const process = startProcess(nginxCommand(directory, config(port, directory, tls)), loadCpu, directory);
  await waitForPort(port, process);
  return { process, port, program: "nginx" };
}

/** Reads request bodies, which nginx without an upstream of its own cannot be made to do; speaks HTTP/2 too. */
async function startNodeBackend(script = "backend.ts"): Promise<Backend> {
  const port = await findPort();
  const command = [globalThis.process.execPath, scriptPath(script), String(port)];
  const process = startProcess(command, loadCpu, makeDirectory());
  await waitForPort(port, process);
  return { process, port, program: "node" };
}

export type BackendKind = "usual" | "upload" | "http2" | "grpc" | "tls" | "udp";

export function startBackendOf(kind: BackendKind): Promise<Backend> {
  if (kind === "usual") return startBackend();
  if (kind === "udp") return startUdpEcho();
  if (kind === "tls") return startBackend(writeCertificate("ec"));
  return startNodeBackend(kind === "upload" ? "backend.ts" : "backend-http2.ts");
}

function config(port: number, directory: string, tls: CertificateFiles | undefined): string {
  const mirror = mirrorFields
    .map((name) => `${name} $${name === "uri" ? "request_uri" : `http_${name.replaceAll("-", "_")}`}\\n`)
    .join("");
  return `  sendfile on;
  tcp_nopush on;
  default_type text/plain;
  add_header ${poweredBy.name} ${poweredBy.value};
  server {
    listen 127.0.0.1:${port}${tls === undefined ? "" : " ssl"};
    ${tls === undefined ? "" : `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`}
    location / { return 200 "${smallBody.trim()}\\n"; }
    location ~ ^(/[^/]+)?${mirrorPrefix}(/|$) { return 200 "${mirror}"; }
    location ~ ^(/[^/]+)?/files/(.+)$ { alias ${directory}/files/$2; }
  }`;
}
