import type { HostPort } from "../host-port.ts";
import type { EchoPort } from "../overlay/played-services.ts";
import { EchoServer } from "./echo-server.ts";

/** The echo servers that run, one for each port of a Service that has nobody else. */
export class EchoServers {
  private readonly servers = new Map<string, EchoServer>();

  async open(part: EchoPort): Promise<HostPort> {
    const name = nameOf(part);
    const server = this.servers.get(name) ?? (await EchoServer.open(part));
    this.servers.set(name, server);
    return server.target;
  }

  /** Those that are not among `needed`; they run on until their `close` is called. */
  release(needed: readonly EchoPort[]): readonly EchoServer[] {
    const names = new Set(needed.map(nameOf));
    const released: EchoServer[] = [];
    for (const [name, server] of this.servers) {
      if (names.has(name)) continue;
      this.servers.delete(name);
      released.push(server);
    }
    return released;
  }

  abort(): void {
    for (const server of this.servers.values()) server.abort();
    this.servers.clear();
  }
}

function nameOf({ namespace, service, port, clusterIP = "" }: EchoPort): string {
  return `${namespace}/${service}:${port} ${clusterIP}`;
}
