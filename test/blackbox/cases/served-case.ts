import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, request, type Server } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { wholeProgram } from "../../../src/program/change.ts";
import type { Program } from "../../../src/program/program.ts";
import { Proxy } from "../../../src/proxy/proxy.ts";
import type { CaseRequest } from "../../golden/request.ts";
import { type SeenRequest, startStandIn } from "./stand-in.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when no backend answered. */
  readonly seen: SeenRequest | undefined;
}

/** The program of a case on a real proxy: every backend that has endpoints is one stand-in, every listener a free port. */
export class ServedCase {
  private readonly proxy = new Proxy();
  private readonly standIns: Server[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  /** Bound port by the address and port of the case. */
  private readonly ports = new Map<string, number>();

  static async start(program: Program): Promise<ServedCase> {
    const served = new ServedCase();
    const backends = await Promise.all(
      [...program.backends.values()].map(async (backend) => {
        if (backend.endpoints.length === 0) return backend;
        const { server, port } = await startStandIn(backend.key);
        served.standIns.push(server);
        return { ...backend, endpoints: [{ host: "127.0.0.1", port }] };
      }),
    );
    const listeners = [];
    for (const listener of program.listeners.values()) {
      const binds = [];
      for (const bind of listener.binds) {
        const place = `${bind.address} ${bind.port}`;
        const port = served.ports.get(place) ?? (await freePort());
        served.ports.set(place, port);
        binds.push({ address: "127.0.0.1", port, publicPort: bind.publicPort ?? bind.port });
      }
      listeners.push({ ...listener, binds });
    }
    const change = wholeProgram(program);
    const failures = await served.proxy.apply({
      ...change,
      listeners: { set: listeners, remove: [] },
      backends: { set: backends, remove: [] },
    });
    if (failures.length > 0) throw new Error(`not bound: ${JSON.stringify(failures)}`);
    return served;
  }

  /** Undefined: nothing listens there. */
  async send({ address, port, method, target, host, headers }: CaseRequest): Promise<Answer | undefined> {
    const bound = this.ports.get(`${address} ${port}`);
    if (bound === undefined) return undefined;
    const fields = Object.entries(headers).flatMap(([name, list]) => list.flatMap((value) => [name, value]));
    const sent = request({
      host: "127.0.0.1",
      port: bound,
      method,
      path: target,
      headers: ["Host", host, ...fields],
      agent: this.agent,
    });
    sent.end();
    const [response] = await once(sent, "response");
    let body = "";
    for await (const chunk of response.setEncoding("utf8")) body += chunk;
    const isEcho = body.startsWith("{");
    return {
      status: response.statusCode,
      headers: response.headers,
      seen: isEcho ? (JSON.parse(body) as SeenRequest) : undefined,
    };
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.proxy.drain(0);
    for (const server of this.standIns) {
      server.closeAllConnections();
      server.close();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
