import type { KubeObject } from "../kube/kube.ts";
import { isJsonObject, type JsonObject } from "../resources/json.ts";

/** Of kinds whose objects are large, or as many as a cluster has pods: the little that anybody here looks at. */
export const slimming: ReadonlyMap<string, (object: KubeObject) => KubeObject> = new Map([
  ["Pod", slimPod],
  ["CustomResourceDefinition", slimDefinition],
]);

function slimPod({ apiVersion, kind, metadata, status }: KubeObject): KubeObject {
  const kept = pick(status, ["podIP", "podIPs", "conditions"]);
  return { apiVersion, kind, metadata: slim(metadata), status: kept };
}

/** Without the schemas, which are nearly all of it. */
function slimDefinition({ apiVersion, kind, metadata, spec }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: slim(metadata), spec: pick(spec, ["group", "names"]) };
}

/** Who set which field is as large as the object itself. */
function slim(metadata: KubeObject["metadata"]): KubeObject["metadata"] {
  const { managedFields: _, ...kept } = metadata;
  return kept;
}

function pick(value: unknown, names: readonly string[]): JsonObject {
  const object = isJsonObject(value) ? value : {};
  return Object.fromEntries(names.flatMap((name) => (name in object ? [[name, object[name]]] : [])));
}
