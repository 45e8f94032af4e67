import { array, map, type ObjectSchema, open, string } from "../../resources/schema/schema.ts";
import { type FieldSet, fieldSet, setOf } from "./field-set.ts";
import { fieldElement } from "./path-element.ts";

/** How metadata is owned; it is the same for all kinds. What is not listed is owned field by field. */
const metadata = open({
  labels: map(string()),
  annotations: map(string()),
  finalizers: array(string(), { set: true }),
  ownerReferences: array(open({ uid: string() }, { atomic: true }), { mapKeys: ["uid"] }),
});

const ownershipSchemas = new WeakMap<ObjectSchema, ObjectSchema>();

/** The schema of a whole object, with metadata as it is owned. */
export function ownershipSchema(schema: ObjectSchema): ObjectSchema {
  let ownership = ownershipSchemas.get(schema);
  if (ownership === undefined) {
    ownership = { ...schema, fields: { ...schema.fields, metadata } };
    ownershipSchemas.set(schema, ownership);
  }
  return ownership;
}

/** Never owned: what the request's path says, and what the API server fills in. As in kube-apiserver. */
export const neverOwned: FieldSet = setOf([
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => ["f:metadata", `f:${name}`]),
]);

/** Fields that a write of this (sub)resource leaves alone: `[["status"]]`. */
export function resetSet(paths: readonly (readonly string[])[] | undefined): FieldSet {
  if (paths === undefined) return fieldSet(false, new Map());
  return setOf(paths.map((path) => path.map(fieldElement)));
}
