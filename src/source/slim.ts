import type { KubeObject } from "../kube/kube.ts";

/** Of kinds whose objects are large, or as many as a cluster has pods: the little that anybody here looks at. */
export const slimming: ReadonlyMap<string, (object: KubeObject) => KubeObject> = new Map([
  ["Pod", slimPod],
  ["CustomResourceDefinition", slimDefinition],
]);

const podStatus = ["podIP", "podIPs", "conditions"];

function slimPod({ status, ...pod }: KubeObject): KubeObject {
  const { spec: _, ...rest } = pod as KubeObject & { readonly spec?: unknown };
  return { ...rest, status: pick(status, podStatus) } as KubeObject;
}

/** Without the schemas, which are nearly all of it. */
function slimDefinition({ spec, ...definition }: KubeObject): KubeObject {
  return { ...definition, spec: pick(spec, ["group", "names"]) } as KubeObject;
}

function pick(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  const object = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.flatMap((name) => (name in object ? [[name, object[name]]] : [])));
}
