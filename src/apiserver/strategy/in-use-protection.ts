import { metaOf, withMeta } from "../objects/meta.ts";
import type { Strategy } from "../objects/write.ts";

/** Storage stays until nobody uses it; kube-controller-manager takes the finalizer away. */
function heldBy(finalizer: string): Strategy {
  return {
    create: (object) => {
      const { finalizers = [] } = metaOf(object);
      return finalizers.includes(finalizer)
        ? object
        : withMeta(object, { finalizers: [...finalizers, finalizer] });
    },
  };
}

export const volumeClaimStrategy = heldBy("kubernetes.io/pvc-protection");
export const volumeStrategy = heldBy("kubernetes.io/pv-protection");
