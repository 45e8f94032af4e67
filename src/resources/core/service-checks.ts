import { isIP } from "node:net";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Check, Fail } from "../schema/schema.ts";
import { CANNOT_CHANGE, ipAddress, isSubdomain, shown } from "./checks.ts";

interface Port {
  readonly name?: string;
  readonly protocol: string;
  readonly nodePort?: number;
}

interface Body {
  readonly spec: {
    readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly externalTrafficPolicy?: string;
    readonly ipFamilies?: readonly string[];
    readonly ipFamilyPolicy?: string;
    readonly loadBalancerClass?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly allocateLoadBalancerNodePorts?: boolean;
    readonly sessionAffinity: string;
    readonly sessionAffinityConfig?: unknown;
    readonly ports: readonly Port[];
  };
}

const HEADLESS = "None";

export const distinctPorts: Check<readonly Port[]> = (ports, fail) => {
  const names = ports.map((each) => each.name);
  names.forEach((name, index) => {
    if (name === undefined && ports.length > 1) {
      fail("A Service with several ports must name each of them", [index, "name"], "key");
    } else if (name !== undefined && names.indexOf(name) < index) {
      fail(
        `Port name "${name}" is taken by an earlier port`,
        [index, "name"],
        "value",
        "FieldValueDuplicate",
      );
    }
  });
  const taken = new Set<string>();
  ports.forEach(({ nodePort = 0, protocol }, index) => {
    if (nodePort === 0) return;
    const key = `${protocol} ${nodePort}`;
    if (taken.has(key))
      fail(
        `Node port ${nodePort} is taken by an earlier port`,
        [index, "nodePort"],
        "value",
        "FieldValueDuplicate",
      );
    taken.add(key);
  });
};

/** An address, "None", or "" for one that the server is to choose. */
export const clusterAddress: Check<string> = (value, fail) => {
  if (value !== "" && value !== HEADLESS) ipAddress(value, fail);
};

export const soundService: Check<Body> = (service, fail, previous) => {
  const { spec } = service;
  const headless = spec.clusterIP === HEADLESS;
  if (spec.type === "ExternalName") {
    alias(service, fail);
  } else {
    if (spec.ports.length === 0 && !headless)
      fail("A Service needs ports", ["spec", "ports"], "key", "FieldValueRequired");
    if (headless && spec.type !== "ClusterIP")
      fail(`None is not possible with the type ${spec.type}`, ["spec", "clusterIP"]);
    addresses(service, fail);
  }
  if (spec.type === "ClusterIP") {
    spec.ports.forEach(({ nodePort = 0 }, index) => {
      if (nodePort !== 0)
        fail(
          "Not possible with the type ClusterIP",
          ["spec", "ports", index, "nodePort"],
          "key",
          "FieldValueForbidden",
        );
    });
  }
  if (spec.sessionAffinity === "None" && spec.sessionAffinityConfig !== undefined) {
    fail(
      "Goes with the sessionAffinity ClientIP only",
      ["spec", "sessionAffinityConfig"],
      "key",
      "FieldValueForbidden",
    );
  }
  visibility(service, fail);
  if (isJsonObject(previous) && isJsonObject(previous["spec"])) changes(service, fail, previous["spec"]);
};

/** Who balances the load stays. Addresses are the business of whoever allocates them. */
function changes({ spec }: Body, fail: Fail, old: JsonObject): void {
  const balanced = spec.type === "LoadBalancer" && old["type"] === "LoadBalancer";
  if (balanced && spec.loadBalancerClass !== old["loadBalancerClass"])
    fail(CANNOT_CHANGE, ["spec", "loadBalancerClass"]);
}

const alias: Check<Body> = ({ spec }, fail) => {
  const { externalName = "", clusterIP = "" } = spec;
  const host = externalName.replace(/\.$/, "");
  if (host === "")
    fail("The type ExternalName needs it", ["spec", "externalName"], "key", "FieldValueRequired");
  else if (!isSubdomain(host)) fail(`${shown(externalName)} is not a host name`, ["spec", "externalName"]);
  if (clusterIP !== "")
    fail("Not possible with the type ExternalName", ["spec", "clusterIP"], "key", "FieldValueForbidden");
  for (const name of ["clusterIPs", "ipFamilies"] as const) {
    if ((spec[name] ?? []).length > 0)
      fail("Not possible with the type ExternalName", ["spec", name], "key", "FieldValueForbidden");
  }
  if (spec.ipFamilyPolicy !== undefined)
    fail("Not possible with the type ExternalName", ["spec", "ipFamilyPolicy"], "key", "FieldValueForbidden");
};

const addresses: Check<Body> = ({ spec }, fail) => {
  const { clusterIP = "", clusterIPs = [], ipFamilies = [] } = spec;
  if (clusterIPs.length > 0 && clusterIPs[0] !== clusterIP)
    fail("The first must be clusterIP", ["spec", "clusterIPs", 0]);
  if (ipFamilies.length === 2 && ipFamilies[0] === ipFamilies[1])
    fail("Is given twice", ["spec", "ipFamilies", 1], "value", "FieldValueDuplicate");
  clusterIPs.forEach((address, index) => {
    if (address === HEADLESS && clusterIPs.length === 1) return;
    const path = ["spec", "clusterIPs", index];
    const family = isIP(address);
    const wanted = ipFamilies[index];
    if (family === 0) fail(`${shown(address)} is not an IP address`, path);
    else if (wanted !== undefined && wanted !== `IPv${family}`) fail(`ipFamilies says ${wanted}`, path);
    else if (index > 0 && isIP(clusterIPs[0]!) === family)
      fail("Two addresses must be of different families", path);
  });
};

const visibility: Check<Body> = ({ spec }, fail) => {
  const outside =
    spec.type === "NodePort" ||
    spec.type === "LoadBalancer" ||
    (spec.type === "ClusterIP" && (spec.externalIPs ?? []).length > 0);
  if (!outside && (spec.externalTrafficPolicy ?? "") !== "") {
    fail(
      "Goes with Services that are reached from outside only",
      ["spec", "externalTrafficPolicy"],
      "key",
      "FieldValueForbidden",
    );
  }
  if (spec.type === "LoadBalancer") return;
  for (const name of ["loadBalancerClass", "allocateLoadBalancerNodePorts"] as const) {
    if (spec[name] !== undefined)
      fail("Goes with the type LoadBalancer only", ["spec", name], "key", "FieldValueForbidden");
  }
  if ((spec.loadBalancerSourceRanges ?? []).length > 0) {
    fail(
      "Goes with the type LoadBalancer only",
      ["spec", "loadBalancerSourceRanges"],
      "key",
      "FieldValueForbidden",
    );
  }
};
