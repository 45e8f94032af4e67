import { createHash } from "node:crypto";
import type { ResourceKey } from "../resources/resource.ts";
import type { Port } from "./port-offset.ts";
import type { Probe } from "./probe.ts";

/** Between the ports of well-known services and those that Kubernetes (NodePorts, from 30000) and Linux (from 32768) give away. */
const firstPort = 20_000;
const portCount = 10_000;

/** Numbers tried for one port: whoever finds so many taken will not find one that is free. */
const mostTries = 200;

/** By port of the listeners, as `TCP 80`. */
export type PortMap = Readonly<Record<string, number>>;

/**
 * The ports of the one address that a cluster reaches: there every port of every Gateway has one of its own. It is the same after
 * the next start, as long as it is free.
 */
export class ClusterPorts {
  readonly address: string;
  /** A listener that is bound to the address by its own port gets none of them: connections to another Gateway would be its. */
  readonly kept = { first: firstPort, last: firstPort + portCount - 1 };
  private readonly probe: Probe;
  private readonly maps = new Map<ResourceKey, PortMap>();
  private readonly taken = new Set<string>();

  constructor(address: string, probe: Probe) {
    this.address = address;
    this.probe = probe;
  }

  /** A port that finds no place is not in the answer. */
  async map(gateway: ResourceKey, ports: readonly Port[]): Promise<PortMap> {
    const before = this.maps.get(gateway) ?? {};
    const map: Record<string, number> = {};
    for (const { transport, port } of ports) {
      const name = `${transport} ${port}`;
      const found = map[name] ?? before[name] ?? (await this.find(gateway, { transport, port }));
      if (found !== undefined) map[name] = found;
    }
    this.free(before, map);
    this.maps.set(gateway, map);
    return map;
  }

  /** Of Gateways that are gone. */
  release(live: ReadonlySet<ResourceKey>): void {
    for (const [gateway, map] of this.maps) {
      if (live.has(gateway)) continue;
      this.free(map, {});
      this.maps.delete(gateway);
    }
  }

  private async find(gateway: ResourceKey, { transport, port }: Port): Promise<number | undefined> {
    const seed = createHash("sha256").update(`${gateway} ${transport} ${port}`).digest().readUInt32BE();
    for (let n = 0; n < mostTries; n++) {
      const candidate = firstPort + ((seed + n) % portCount);
      const name = `${transport} ${candidate}`;
      if (this.taken.has(name) || (await this.probe(this.address, candidate, transport)) !== "free") continue;
      this.taken.add(name);
      return candidate;
    }
    return undefined;
  }

  private free(before: PortMap, after: PortMap): void {
    for (const [name, port] of Object.entries(before)) {
      if (after[name] === undefined) this.taken.delete(`${name.split(" ")[0]} ${port}`);
    }
  }
}
