import { isIP } from "node:net";
import { endpointSliceKind } from "../resources/core/endpoint-slice.ts";
import { serviceKind } from "../resources/core/service.ts";
import { isJsonObject, type JsonObject } from "../resources/json.ts";
import type { Kind } from "../resources/kind.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import { canonicalAddress } from "../std/ip-address.ts";
import { changeOfMetadata, metadataOf } from "./metadata.ts";
import { MANAGER, pairNameOf } from "./pair.ts";

/** One of the two objects that a wish is made of. */
export interface Part {
  readonly kind: Kind;
  /** All that we say of the object. */
  body(wanted: ServiceWanted): JsonObject;
  /** Whether the live object has something in which it cannot be changed to the body, only made anew. */
  mustReplace(live: JsonObject, body: JsonObject): boolean;
  /** The merge patch after which the live object has all that the body says; empty when it has that. */
  change(live: JsonObject, body: JsonObject): JsonObject;
}

export const servicePart: Part = {
  kind: serviceKind,
  body: (wanted) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(wanted, {}),
    spec: {
      type: "ClusterIP",
      ...(wanted.clusterIP !== undefined && { clusterIP: canonicalAddress(wanted.clusterIP) }),
      // Endpoints of the other family do not count.
      ipFamilies: [familyOf(wanted.address)],
      ports: wanted.ports.map(({ name, transport, port, targetPort }) => ({
        name,
        protocol: transport,
        port,
        targetPort,
      })),
    },
  }),
  mustReplace(live, body) {
    const [is, wanted] = [specOf(live), specOf(body)];
    const { clusterIP } = is;
    if (clusterIP === "None") return true;
    if (typeof clusterIP !== "string" || clusterIP === "") return false;
    const demanded = wanted["clusterIP"];
    if (demanded !== undefined && canonicalAddress(clusterIP) !== demanded) return true;
    const [family] = wanted["ipFamilies"] as readonly string[];
    return Array.isArray(is["ipFamilies"]) && is["ipFamilies"][0] !== family;
  },
  change(live, body) {
    const { selector } = specOf(live);
    const isSelecting = isJsonObject(selector) && Object.keys(selector).length > 0;
    const spec: JsonObject = {
      ...changeOfFields(specOf(live), specOf(body), ["type", "ports", "clusterIP", "ipFamilies"]),
      // With one, pods of others get what is the Gateway's.
      ...(isSelecting && { selector: null }),
    };
    return { ...changeOfMetadata(live, body), ...(Object.keys(spec).length > 0 && { spec }) };
  },
};

export const endpointSlicePart: Part = {
  kind: endpointSliceKind,
  body: (wanted) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: metadataOf(wanted, {
      "kubernetes.io/service-name": pairNameOf(wanted).name,
      "endpointslice.kubernetes.io/managed-by": MANAGER,
    }),
    addressType: familyOf(wanted.address),
    endpoints: [
      {
        addresses: [canonicalAddress(wanted.address)],
        conditions: { ready: true, serving: true, terminating: false },
      },
    ],
    ports: wanted.ports.map(({ name, transport, targetPort }) => ({
      name,
      protocol: transport,
      port: targetPort,
    })),
  }),
  mustReplace: (live, body) => live["addressType"] !== body["addressType"],
  change: (live, body) => ({
    ...changeOfMetadata(live, body),
    ...changeOfFields(live, body, ["endpoints", "ports"]),
  }),
};

/** Those fields of the body that the live object does not have as they are there. */
function changeOfFields(live: JsonObject, body: JsonObject, names: readonly string[]): JsonObject {
  const different = names.filter((name) => name in body && !covers(live[name], body[name]));
  return Object.fromEntries(different.map((name) => [name, body[name]]));
}

/** Whether `live` has every field of `body` with its value: servers and others add what is not said. Lists are as they are said. */
function covers(live: unknown, body: unknown): boolean {
  if (Array.isArray(body)) {
    if (!Array.isArray(live) || live.length !== body.length) return false;
    return body.every((item, index) => covers(live[index], item));
  }
  if (!isJsonObject(body)) return Object.is(live, body);
  return isJsonObject(live) && Object.entries(body).every(([name, value]) => covers(live[name], value));
}

function familyOf(address: string): "IPv4" | "IPv6" {
  return isIP(address) === 6 ? "IPv6" : "IPv4";
}

function specOf(object: JsonObject): JsonObject {
  return isJsonObject(object["spec"]) ? object["spec"] : {};
}
