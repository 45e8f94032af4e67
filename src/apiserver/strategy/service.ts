import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Cause } from "../error.ts";
import { objectIn } from "../objects/meta.ts";
import type { Strategy } from "../objects/write.ts";
import { AddressRange } from "./address-range.ts";
import { PortRange } from "./port-range.ts";

/** `clusterIP` of a headless Service. */
const HEADLESS = "None";

/** Hands out cluster addresses and node ports, and takes them back. */
export class ServiceAllocator {
  readonly addresses: AddressRange;
  readonly ports = new PortRange();

  constructor(cidr: string) {
    this.addresses = new AddressRange(cidr);
  }

  /** Marks what a stored Service holds: at the start, before anything is handed out. */
  hold(service: JsonObject): void {
    const spec = objectIn(service, "spec");
    for (const address of clusterAddresses(spec)) this.addresses.take(address);
    for (const port of nodePorts(spec)) this.ports.take(port);
  }

  release(service: JsonObject): void {
    const spec = objectIn(service, "spec");
    for (const address of clusterAddresses(spec)) this.addresses.release(address);
    for (const port of nodePorts(spec)) this.ports.release(port);
  }

  get strategy(): Strategy {
    return {
      withoutGeneration: true,
      create: (object) => ({ ...object, spec: this.allocate(objectIn(object, "spec"), {}) }),
      update: (object, live) => {
        const old = objectIn(live, "spec");
        const spec = withoutOutdated(objectIn(object, "spec"), old);
        const updated = { ...object, spec: this.allocate(spec, old) };
        if (old["type"] !== "LoadBalancer" || spec["type"] === "LoadBalancer") return updated;
        return { ...updated, status: { ...objectIn(object, "status"), loadBalancer: {} } };
      },
      check: (object, live) => this.check(objectIn(object, "spec"), live && objectIn(live, "spec")),
      written: (object, live) => this.settle(objectIn(object, "spec"), live && objectIn(live, "spec")),
      removed: (live) => this.release(live),
    };
  }

  /** The spec with an address and ports; nothing is marked before the write is durable. */
  private allocate(spec: JsonObject, live: JsonObject): JsonObject {
    const type = spec["type"] ?? "ClusterIP";
    if (type === "ExternalName") {
      const { clusterIP: _, clusterIPs: __, ipFamilies: ___, ipFamilyPolicy: ____, ...rest } = spec;
      return Array.isArray(rest["ports"]) ? { ...rest, ports: this.withNodePorts(rest, live) } : rest;
    }
    const kept =
      typeof live["clusterIP"] === "string" && live["clusterIP"] !== "" ? live["clusterIP"] : undefined;
    const given =
      typeof spec["clusterIP"] === "string" && spec["clusterIP"] !== "" ? spec["clusterIP"] : undefined;
    const listed = Array.isArray(spec["clusterIPs"]) ? (spec["clusterIPs"][0] as unknown) : undefined;
    let clusterIP = given ?? (typeof listed === "string" ? listed : undefined) ?? kept;
    if (clusterIP === undefined) {
      clusterIP = this.addresses.allocate();
      // Only a durable write keeps it: `settle` takes it, under the same turn.
      if (clusterIP !== undefined) this.addresses.release(clusterIP);
    }
    return {
      ...spec,
      ...(clusterIP !== undefined && { clusterIP, clusterIPs: spec["clusterIPs"] ?? [clusterIP] }),
      internalTrafficPolicy: spec["internalTrafficPolicy"] ?? "Cluster",
      ipFamilies: spec["ipFamilies"] ?? ["IPv4"],
      ipFamilyPolicy: spec["ipFamilyPolicy"] ?? "SingleStack",
      ...(needsNodePorts(type) && {
        externalTrafficPolicy: spec["externalTrafficPolicy"] ?? "Cluster",
        ...(type === "LoadBalancer" && {
          allocateLoadBalancerNodePorts: spec["allocateLoadBalancerNodePorts"] ?? true,
        }),
      }),
      ...(Array.isArray(spec["ports"]) && { ports: this.withNodePorts(spec, live) }),
    };
  }

  private withNodePorts(spec: JsonObject, live: JsonObject): readonly unknown[] {
    const ports = spec["ports"] as readonly unknown[];
    const wants = needsNodePorts(spec["type"]) && spec["allocateLoadBalancerNodePorts"] !== false;
    if (!wants) {
      // A Service that became internal gives its ports back.
      return needsNodePorts(spec["type"])
        ? ports
        : ports.map((port) => without(port, "nodePort", live["type"] !== spec["type"]));
    }
    const before = new Map(
      (Array.isArray(live["ports"]) ? live["ports"] : [])
        .filter(isJsonObject)
        .map((port) => [identity(port), port["nodePort"]]),
    );
    const chosen = new Set<number>();
    return ports.map((port) => {
      if (!isJsonObject(port)) return port;
      const given = port["nodePort"];
      const kept = given === undefined || given === 0 ? before.get(identity(port)) : given;
      const nodePort = typeof kept === "number" && kept !== 0 ? kept : this.ports.findFree(chosen);
      if (nodePort !== undefined) chosen.add(nodePort);
      return { ...port, ...(nodePort !== undefined && { nodePort }) };
    });
  }

  private check(spec: JsonObject, live: JsonObject | undefined): readonly Cause[] {
    const causes: Cause[] = [];
    const fault = (field: string, message: string) =>
      causes.push({ reason: "FieldValueInvalid", field, message: `Invalid value: ${message}` });
    const held = live === undefined ? [] : clusterAddresses(live);
    const was = live?.["clusterIP"] ?? "";
    const address = spec["clusterIP"];
    if (was !== "" && spec["type"] !== "ExternalName" && address !== was) {
      fault("spec.clusterIPs[0]", `[${JSON.stringify(address)}]: may not change once set`);
      return causes;
    }
    for (const each of clusterAddresses(spec)) {
      if (held.includes(each)) continue;
      if (!this.addresses.includes(each)) {
        fault(
          "spec.clusterIPs",
          `["${each}"]: failed to allocate IP ${each}: the provided IP is not in the valid range. The range of valid IPs is ${this.addresses.cidr}`,
        );
      } else if (!this.addresses.take(each)) {
        fault(
          "spec.clusterIPs",
          `["${each}"]: failed to allocate IP ${each}: provided IP is already allocated`,
        );
      } else this.addresses.release(each);
    }
    if (address === undefined && spec["type"] !== "ExternalName") {
      fault("spec.clusterIPs", `no address is left in ${this.addresses.cidr}`);
    }
    const heldPorts = live === undefined ? [] : nodePorts(live);
    for (const port of nodePorts(spec)) {
      if (heldPorts.includes(port)) continue;
      if (!this.ports.includes(port)) {
        fault(
          "spec.ports",
          `${port}: provided port is not in the valid range. The range of valid ports is ${this.ports.text}`,
        );
      } else if (!this.ports.take(port)) {
        fault("spec.ports", `${port}: provided port is already allocated`);
      } else this.ports.release(port);
    }
    return causes;
  }

  private settle(spec: JsonObject, live: JsonObject | undefined): void {
    if (live !== undefined) {
      for (const address of clusterAddresses(live)) this.addresses.release(address);
      for (const port of nodePorts(live)) this.ports.release(port);
    }
    for (const address of clusterAddresses(spec)) this.addresses.take(address);
    for (const port of nodePorts(spec)) this.ports.take(port);
  }
}

/** Fields that only some types have go with the type, unless this very write changes them. */
function withoutOutdated(spec: JsonObject, live: JsonObject): JsonObject {
  const wasBalanced = live["type"] === "LoadBalancer" && spec["type"] !== "LoadBalancer";
  const outdated = new Set([
    ...(isReachedFromOutside(live) && !isReachedFromOutside(spec) ? ["externalTrafficPolicy"] : []),
    ...(wasBalanced ? ["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"] : []),
  ]);
  const isKept = ([name, value]: readonly [string, unknown]) => !outdated.has(name) || value !== live[name];
  return Object.fromEntries(Object.entries(spec).filter(isKept));
}

function isReachedFromOutside(spec: JsonObject): boolean {
  const { externalIPs } = spec;
  return needsNodePorts(spec["type"]) || (Array.isArray(externalIPs) && externalIPs.length > 0);
}

function needsNodePorts(type: unknown): boolean {
  return type === "NodePort" || type === "LoadBalancer";
}

function identity(port: JsonObject): string {
  return JSON.stringify([port["protocol"] ?? "TCP", port["port"]]);
}

function without(port: unknown, name: string, isWanted: boolean): unknown {
  if (!isJsonObject(port) || !isWanted) return port;
  const { [name]: _, ...rest } = port;
  return rest;
}

function clusterAddresses(spec: JsonObject): readonly string[] {
  const address = spec["clusterIP"];
  return typeof address === "string" && address !== "" && address !== HEADLESS ? [address] : [];
}

function nodePorts(spec: JsonObject): readonly number[] {
  const ports = Array.isArray(spec["ports"]) ? spec["ports"] : [];
  return ports
    .map((port) => (isJsonObject(port) ? port["nodePort"] : undefined))
    .filter((port): port is number => typeof port === "number" && port !== 0);
}
