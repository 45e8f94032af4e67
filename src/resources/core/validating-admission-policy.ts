import { isJsonObject } from "../json.ts";
import { array, type Check, object, optional, string } from "../schema/schema.ts";
import { matchCondition, matchResources } from "./admission-match.ts";
import { age, column, integerColumn, part, parts, text } from "./cells.ts";
import { condition } from "./condition.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, optionalInt64, optionalString } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { celName, kindForm } from "./names.ts";

interface Policy {
  readonly validations?: readonly unknown[];
  readonly auditAnnotations?: readonly unknown[];
}

const soundPolicy: Check<Policy> = ({ validations = [], auditAnnotations = [] }, fail) => {
  if (validations.length + auditAnnotations.length === 0)
    fail("Needs validations or auditAnnotations", ["validations"], "key", "FieldValueRequired");
};

const someRule: Check<{ readonly resourceRules?: readonly unknown[] }> = ({ resourceRules = [] }, fail) => {
  if (resourceRules.length === 0)
    fail("Needs a rule: which writes are checked", ["resourceRules"], "key", "FieldValueRequired");
};

const auditAnnotation = object({
  key: string({ minLength: 1 }),
  valueExpression: string({ minLength: 1, maxLength: 5120 }),
});

const paramKind = object({ apiVersion: string({ minLength: 1 }), kind: string(kindForm) }, { atomic: true });

const validation = object({
  expression: string({ minLength: 1 }),
  message: optionalString,
  messageExpression: optional(string({ minLength: 1 })),
  reason: optional(string({ enum: ["Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge"] })),
});

const variable = object({ expression: string({ minLength: 1 }), name: string(celName) }, { atomic: true });

const validatingAdmissionPolicySpec = object(
  {
    auditAnnotations: optional(array(auditAnnotation, { maxItems: 20 })),
    failurePolicy: string({ enum: ["Ignore", "Fail"], default: "Fail" }),
    matchConditions: optional(
      array(matchCondition, { mapKeys: ["name"], patchMergeKey: "name", maxItems: 64 }),
    ),
    matchConstraints: { ...matchResources, checks: [someRule] },
    paramKind: optional(paramKind),
    validations: optional(array(validation)),
    variables: optional(array(variable, { mapKeys: ["name"], patchMergeKey: "name" })),
  },
  { checks: [soundPolicy] },
);

const expressionWarning = object({ fieldRef: optionalString, warning: optionalString });

const typeChecking = object({ expressionWarnings: optional(array(expressionWarning)) });

const validatingAdmissionPolicyStatus = object({
  conditions: optional(array(condition, { mapKeys: ["type"] })),
  observedGeneration: optionalInt64,
  typeChecking: optional(typeChecking),
});

const validatingAdmissionPolicySchema = topLevel(
  {
    metadata: metadata(),
    spec: described(validatingAdmissionPolicySpec, "What is checked, and how."),
    status: {
      ...validatingAdmissionPolicyStatus,
      description: "What the server makes of the expressions.",
      default: {},
    },
  },
  { description: "Rules in CEL that writes must keep." },
);

export const validatingAdmissionPolicyKind = builtIn({
  kind: "ValidatingAdmissionPolicy",
  group: "admissionregistration.k8s.io",
  plural: "validatingadmissionpolicies",
  categories: ["api-extensions"],
  namespaced: false,
  schema: validatingAdmissionPolicySchema,
  status: true,
  columns: [
    integerColumn(
      "Validations",
      "Number of rules.",
      (policy) => parts(part(policy, "spec"), "validations").length,
    ),
    column("ParamKind", "Kind of its parameters.", (policy) => {
      const kind = part(policy, "spec")["paramKind"];
      return isJsonObject(kind) ? `${text(kind, "apiVersion")}/${text(kind, "kind")}` : "<unset>";
    }),
    age,
  ],
});
