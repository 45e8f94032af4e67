import { type Check, integer, object, optional } from "../schema/schema.ts";
import { age, column, part, text } from "./cells.ts";
import { builtIn, topLevel } from "./define.ts";
import { optionalCount, optionalMicroTime, optionalString } from "./fields.ts";
import { metadata } from "./metadata.ts";

interface Holding {
  readonly strategy?: string;
  readonly preferredHolder?: string;
}

const holderNeedsStrategy: Check<Holding> = ({ strategy = "", preferredHolder = "" }, fail) => {
  if (preferredHolder !== "" && strategy === "")
    fail("Needs a strategy beside it", ["preferredHolder"], "key", "FieldValueRequired");
};

const leaseSpec = object(
  {
    acquireTime: optionalMicroTime,
    holderIdentity: optionalString,
    leaseDurationSeconds: optional(integer({ format: "int32", min: 1 })),
    leaseTransitions: optionalCount,
    preferredHolder: optionalString,
    renewTime: optionalMicroTime,
    strategy: optionalString,
  },
  { checks: [holderNeedsStrategy] },
);

const leaseSchema = topLevel(
  { metadata: metadata(), spec: { ...leaseSpec, description: "The holder and its times.", default: {} } },
  { description: "Who leads, and until when." },
);

export const leaseKind = builtIn({
  kind: "Lease",
  group: "coordination.k8s.io",
  plural: "leases",
  schema: leaseSchema,
  columns: [column("Holder", "Who leads.", (lease) => text(part(lease, "spec"), "holderIdentity")), age],
});
