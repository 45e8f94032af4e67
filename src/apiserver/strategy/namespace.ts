import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { forbidden } from "../objects/fault.ts";
import { metaOf, objectIn, withField, withMeta } from "../objects/meta.ts";
import type { Strategy } from "../objects/write.ts";

/** Held by every namespace until its content is gone. */
export const KUBERNETES_FINALIZER = "kubernetes";
/** Namespaces that cannot be deleted. */
const IMMORTAL = new Set(["default", "kube-system", "kube-public"]);

export function specFinalizers(namespace: JsonObject): readonly string[] {
  const { finalizers } = objectIn(namespace, "spec");
  return Array.isArray(finalizers) ? (finalizers as readonly string[]) : [];
}

/** Life cycle of namespaces: Active until deleted, Terminating until `spec.finalizers` is empty. */
export const namespaceStrategy: Strategy = {
  keepsStatus: true,
  withoutGeneration: true,
  create: (object) => ({
    ...labelled(object),
    spec: { ...objectIn(object, "spec"), finalizers: [KUBERNETES_FINALIZER] },
    status: { phase: "Active" },
  }),
  update: (object, live, { write }) => {
    // Only `/finalize` lets go of a namespace.
    const spec = write.subresource === "finalize" ? object["spec"] : live["spec"];
    return withField(labelled(object), "spec", isJsonObject(spec) ? spec : {});
  },
  mayDelete: (live, { served }) => {
    const { name = "" } = metaOf(live);
    if (IMMORTAL.has(name)) throw forbidden(served.kind, name, "this namespace may not be deleted");
  },
  deleting: (live) => ({ ...live, status: { ...objectIn(live, "status"), phase: "Terminating" } }),
  isHeld: (live) => specFinalizers(live).length > 0,
};

/** Every namespace carries its name as a label, for selectors. */
function labelled(object: JsonObject): JsonObject {
  const { name = "", labels = {} } = metaOf(object);
  return withMeta(object, { labels: { ...labels, "kubernetes.io/metadata.name": name } });
}
