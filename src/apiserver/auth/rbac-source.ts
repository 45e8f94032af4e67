import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Store } from "../storage/store.ts";

export const rbacGroup = "rbac.authorization.k8s.io";

export type RbacResource = "roles" | "rolebindings" | "clusterroles" | "clusterrolebindings";
const resources: readonly RbacResource[] = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"];

/** The objects that say who may do what. */
export interface RbacSource {
  /** Differs whenever one of the objects does. */
  readonly revision: number;
  list(resource: RbacResource): readonly JsonObject[];
}

/** What a store has. */
export function rbacSource(store: Store): RbacSource {
  let revision = store.revision;
  for (const resource of resources)
    store.watch(`${resource}.${rbacGroup}`, store.revision, (event) => {
      revision = event.revision;
    });
  return {
    get revision() {
      return revision;
    },
    list: (resource) =>
      (store.page(`${resource}.${rbacGroup}`, {})?.rows ?? [])
        .map(({ text }): unknown => JSON.parse(text))
        .filter(isJsonObject),
  };
}
