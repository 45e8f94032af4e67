import { object, string } from "../schema/schema.ts";
import { optionalString } from "./fields.ts";

export const objectReference = object(
  {
    apiVersion: optionalString,
    fieldPath: optionalString,
    kind: optionalString,
    name: optionalString,
    namespace: optionalString,
    resourceVersion: optionalString,
    uid: optionalString,
  },
  { atomic: true },
);

export const localObjectReference = object({ name: string({ default: "" }) }, { atomic: true });

export const typedLocalObjectReference = object(
  { apiGroup: optionalString, kind: string(), name: string() },
  { atomic: true },
);

export const typedObjectReference = object({
  apiGroup: optionalString,
  kind: string(),
  name: string(),
  namespace: optionalString,
});
