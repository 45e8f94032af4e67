import { type Check, object, optional, string } from "../schema/schema.ts";
import { exactlyOne } from "./checks.ts";
import { described, optionalBoolean, optionalString, quantity } from "./fields.ts";
import { dataKey, environmentName } from "./names.ts";

const oneValue: Check<{ readonly value?: string; readonly valueFrom?: unknown }> = (
  { value = "", valueFrom },
  fail,
) => {
  if (value !== "" && valueFrom !== undefined)
    fail('Cannot stand beside "value": choose one', ["valueFrom"], "key", "FieldValueForbidden");
};

const configMapKeySelector = object(
  { key: dataKey, name: string({ default: "" }), optional: optionalBoolean },
  { atomic: true },
);

export const objectFieldSelector = object(
  { apiVersion: string({ default: "v1" }), fieldPath: string({ minLength: 1 }) },
  { atomic: true },
);

const fileKeySelector = object(
  { key: dataKey, optional: optionalBoolean, path: string(), volumeName: string() },
  { atomic: true },
);

export const resourceFieldSelector = object(
  {
    containerName: optionalString,
    divisor: { ...quantity, default: "0" },
    resource: string({ minLength: 1 }),
  },
  { atomic: true },
);

const secretKeySelector = object(
  { key: dataKey, name: string({ default: "" }), optional: optionalBoolean },
  { atomic: true },
);

const envVarSource = object(
  {
    configMapKeyRef: optional(configMapKeySelector),
    fieldRef: optional(objectFieldSelector),
    fileKeyRef: optional(fileKeySelector),
    resourceFieldRef: optional(resourceFieldSelector),
    secretKeyRef: optional(secretKeySelector),
  },
  { checks: [exactlyOne("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")] },
);

export const envVar = object(
  {
    name: string({ description: "Name of the variable.", ...environmentName }),
    value: optional(string({ description: "Its value; $(NAME) stands for variables before it." })),
    valueFrom: optional(described(envVarSource, "Where the value is read from, instead.")),
  },
  { checks: [oneValue] },
);

const configMapEnvSource = object({ name: string({ default: "" }), optional: optionalBoolean });

const secretEnvSource = object({ name: string({ default: "" }), optional: optionalBoolean });

export const envFromSource = object(
  {
    configMapRef: optional(configMapEnvSource),
    prefix: optionalString,
    secretRef: optional(secretEnvSource),
  },
  { checks: [exactlyOne("configMapRef", "secretRef")] },
);
