import { checkEscalation } from "../auth/escalation.ts";
import type { Rbac } from "../auth/rbac.ts";
import type { RbacResource } from "../auth/rbac-source.ts";
import type { Cause } from "../error.ts";
import type { JsonObject } from "../../resources/json.ts";
import { metaOf } from "../objects/meta.ts";
import type { Strategy, WriteContext } from "../objects/write.ts";

/** Roles and bindings: nobody gives away rights that they do not have themselves. */
export function rbacStrategy(rbac: Rbac, resource: RbacResource): Strategy {
  return {
    withoutGeneration: true,
    check: (object: JsonObject, live: JsonObject | undefined, { write }: WriteContext): readonly Cause[] => {
      const { namespace = "", name = "" } = metaOf(object);
      checkEscalation(rbac, write.user, {
        verb: live === undefined ? "create" : "update",
        resource,
        namespace,
        name,
        object,
        ...(live !== undefined && { previous: live }),
      });
      return [];
    },
  };
}
