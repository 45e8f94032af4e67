import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ReadyEvent, RunEvent } from "./report/event.ts";

const script = fileURLToPath(new URL("../main.ts", import.meta.url));

/** A folder of manifests that goes with the test. */
export class Folder {
  readonly path: string;

  constructor(context: TestContext, files: Readonly<Record<string, string>> = {}) {
    this.path = mkdtempSync(join(tmpdir(), "gatewright-run-"));
    context.after(() => rmSync(this.path, { recursive: true }));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  remove(name: string): void {
    rmSync(join(this.path, name));
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk as string;
  return text;
}

/** Milliseconds. A run that is silent for so long will not say what the test waits for. */
const longestRun = 30_000;

/** A `gatewright run --output json` for a test: its events, requests to it, its end. */
export class Running {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly exit: Promise<[number | null, string | null]>;
  private readonly events: RunEvent[] = [];
  private read = 0;
  private wake: () => void = () => undefined;
  private isOver = false;

  constructor(context: TestContext, words: readonly string[]) {
    const all = ["run", "--output", "json", "--workers", "1", ...words];
    this.child = spawn(process.execPath, [script, ...all], { stdio: ["ignore", "pipe", "inherit"] });
    this.exit = once(this.child, "exit") as Promise<[number | null, string | null]>;
    const lines = createInterface({ input: this.child.stdout });
    // A line that is no JSON fails the test: nothing else may stand on standard output.
    lines.on("line", (line) => {
      this.events.push(JSON.parse(line) as RunEvent);
      this.wake();
    });
    lines.on("close", () => {
      this.isOver = true;
      this.wake();
    });
    const overdue = setTimeout(() => this.child.kill("SIGKILL"), longestRun);
    context.after(async () => {
      clearTimeout(overdue);
      this.child.kill("SIGKILL");
      await this.exit;
    });
  }

  /** The next event of this sort that is as wanted; those before it are passed over. */
  async next<Name extends RunEvent["event"]>(
    name: Name,
    isWanted: (event: Extract<RunEvent, { event: Name }>) => boolean = () => true,
  ): Promise<Extract<RunEvent, { event: Name }>> {
    for (;;) {
      for (; this.read < this.events.length;) {
        const event = this.events[this.read++]!;
        if (event.event !== name) continue;
        const found = event as Extract<RunEvent, { event: Name }>;
        if (isWanted(found)) return found;
      }
      if (this.isOver)
        throw new Error(`No event "${name}" came. All: ${JSON.stringify(this.events, null, 1)}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/** What has no event is asked for until it is so, or the run has ended. */
export async function until(running: Running, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    if (running.child.exitCode !== null || running.child.signalCode !== null)
      throw new Error("The run has ended");
  }
}

/** Where the first listener of a Gateway is. */
export function placeOf(ready: Pick<ReadyEvent, "gateways">, gateway = 0): { host: string; port: number } {
  const { addresses, listeners } = ready.gateways[gateway]!;
  return { host: addresses[0]!, port: listeners[0]!.port };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One request on a connection of its own. */
export async function get(
  place: { readonly host: string; readonly port: number },
  path: string,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const call = request({ ...place, path, headers, agent: false });
  call.end();
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  return { status: answer.statusCode!, text: await textOf(answer) };
}

/** Which Service the echo server played. */
export function serviceIn({ text }: Answer): string {
  return (JSON.parse(text) as { service: string }).service;
}

export const gatewayYaml = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: web }
spec:
  gatewayClassName: prod
  listeners: [{ name: http, protocol: HTTP, port: 80 }]
`;

/** An HTTPRoute that sends `path` to `service`. */
export function routeYaml(path: string, service: string, name = "route"): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: web }]
  rules:
    - matches: [{ path: { type: PathPrefix, value: ${path} } }]
      backendRefs: [{ name: ${service}, port: 80 }]
`;
}

export function serviceYaml(name: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 80 }] }
`;
}

/** An address and a port of a real server as the endpoint of a Service. */
export function sliceYaml(service: string, port: number): string {
  return `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${service}-1, labels: { kubernetes.io/service-name: ${service} } }
addressType: IPv4
endpoints: [{ addresses: [127.0.0.1] }]
ports: [{ port: ${port} }]
`;
}
