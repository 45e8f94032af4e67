import type { HostPort } from "../host-port.ts";
import type { EchoPort } from "../overlay/played-services.ts";
import { EchoServer } from "./echo-server.ts";
import { UDPEchoServer } from "./udp-echo-server.ts";

/** A server that gives back what it is sent. */
export interface Echo {
  readonly target: HostPort;
  /** What runs is finished, then it is over. */
  close(): void;
  /** Cuts everything. */
  abort(): void;
}

/** The echo servers that run, one for each port of a Service that has nobody else. */
export class EchoServers {
  private readonly servers = new Map<string, Echo>();

  async open(part: EchoPort): Promise<HostPort> {
    const name = nameOf(part);
    const server = this.servers.get(name) ?? (await openEcho(part));
    this.servers.set(name, server);
    return server.target;
  }

  /** Those that are not among `needed`; they run on until their `close` is called. */
  release(needed: readonly EchoPort[]): readonly Echo[] {
    const names = new Set(needed.map(nameOf));
    const released: Echo[] = [];
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

function openEcho(part: EchoPort): Promise<Echo> {
  return part.protocol === "UDP" ? UDPEchoServer.open(part) : EchoServer.open(part);
}

function nameOf({ namespace, service, port, protocol, clusterIP = "" }: EchoPort): string {
  return `${namespace}/${service}:${port} ${protocol ?? "TCP"} ${clusterIP}`;
}
