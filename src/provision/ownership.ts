import { isJsonObject, type JsonObject } from "../resources/json.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import { MANAGED_BY, MANAGER, metaOf, ORDINAL } from "./pair.ts";

const GROUP = "gateway.networking.k8s.io";

/**
 * The owner as objects of ours name it. Nothing holds up the Gateway's own deletion (`blockOwnerDeletion`): nothing is gained by it, and
 * OwnerReferencesPermissionEnforcement, as in OpenShift, asks for `update` of `gateways/finalizers` there.
 */
export function ownerReferenceTo({ name, uid }: ServiceWanted["gateway"]): JsonObject {
  return { apiVersion: `${GROUP}/v1`, kind: "Gateway", name, uid, controller: true };
}

/** The Gateway that an object was made for, by us; `undefined` when somebody else made it. */
export function ownerOf(object: JsonObject): ServiceWanted["gateway"] | undefined {
  const { namespace, labels, ownerReferences } = metaOf(object);
  if (!isJsonObject(labels) || labels[MANAGED_BY] !== MANAGER) return undefined;
  if (typeof namespace !== "string" || !Array.isArray(ownerReferences)) return undefined;
  for (const reference of ownerReferences as readonly unknown[]) {
    if (!isJsonObject(reference)) continue;
    const { apiVersion, kind, name, uid, controller } = reference;
    const isGateway = kind === "Gateway" && String(apiVersion).startsWith(`${GROUP}/`);
    if (!isGateway || controller !== true || typeof name !== "string" || typeof uid !== "string") continue;
    return { namespace, name, uid };
  }
  return undefined;
}

/** What a Service of ours is for, and what it got. */
export interface ServiceGot {
  readonly gateway: ServiceWanted["gateway"];
  readonly ordinal: number;
  /** Absent while it has none, and when it is about to go. */
  readonly clusterIP?: string;
}

/** Reads a Service of the cluster; `undefined` when it is not one of ours. */
export function readService(service: JsonObject): ServiceGot | undefined {
  const gateway = ownerOf(service);
  const { annotations, deletionTimestamp } = metaOf(service);
  const ordinal = isJsonObject(annotations) ? annotations[ORDINAL] : undefined;
  if (gateway === undefined || typeof ordinal !== "string" || !/^\d{1,4}$/.test(ordinal)) return undefined;
  const { spec } = service;
  const clusterIP = isJsonObject(spec) && deletionTimestamp === undefined ? spec["clusterIP"] : undefined;
  const hasAddress = typeof clusterIP === "string" && clusterIP !== "" && clusterIP !== "None";
  return { gateway, ordinal: Number(ordinal), ...(hasAddress && { clusterIP }) };
}
