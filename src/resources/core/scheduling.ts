import { qualifiedName } from "../schema/forms.ts";
import { type Check, integer, object, optional, string } from "../schema/schema.ts";
import { optionalInt64, optionalString, optionalStrings } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";

interface TolerationBody {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

const soundToleration: Check<TolerationBody> = (one, fail) => {
  if ((one.key ?? "") === "" && one.operator !== "Exists") {
    fail(
      "A toleration without a key, for all of them, needs the operator Exists",
      ["operator"],
      "value",
      "FieldValueRequired",
    );
  }
  if (one.operator === "Exists" && (one.value ?? "") !== "")
    fail("The operator Exists has no value", ["value"], "key", "FieldValueForbidden");
  if (one.tolerationSeconds !== undefined && one.effect !== "NoExecute") {
    fail("tolerationSeconds goes with the effect NoExecute only", ["effect"]);
  }
};

export const toleration = object(
  {
    effect: optional(string({ enum: ["NoSchedule", "PreferNoSchedule", "NoExecute"] })),
    key: optionalString,
    operator: optional(string({ enum: ["Exists", "Equal"] })),
    tolerationSeconds: optionalInt64,
    value: optionalString,
  },
  { checks: [soundToleration] },
);

export const topologySpreadConstraint = object({
  labelSelector: optional(labelSelector),
  matchLabelKeys: optionalStrings,
  maxSkew: integer({ format: "int32", min: 1 }),
  minDomains: optional(integer({ format: "int32", min: 1 })),
  nodeAffinityPolicy: optional(string({ enum: ["Honor", "Ignore"] })),
  nodeTaintsPolicy: optional(string({ enum: ["Honor", "Ignore"] })),
  topologyKey: qualifiedName,
  whenUnsatisfiable: string({ enum: ["DoNotSchedule", "ScheduleAnyway"] }),
});

export const podSchedulingGate = object({ name: qualifiedName });

export const podSchedulingGroup = object({ podGroupName: optionalString });

export const podReadinessGate = object({ conditionType: qualifiedName });
