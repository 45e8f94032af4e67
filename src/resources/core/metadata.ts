import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from "../schema/forms.ts";
import { any, array, boolean, integer, map, object, optional, string, type Check } from "../schema/schema.ts";
import { filled, optionalBoolean, optionalInt64, optionalString, optionalTime } from "./fields.ts";
import { qualifiedForm } from "./names.ts";

interface NameRules {
  readonly pattern: string;
  readonly form: string;
  readonly minLength: number;
  readonly maxLength?: number;
}

/** UTF-8 bytes of all annotations of an object, keys and values (apimachinery `TotalAnnotationSizeLimitB`). */
const MAX_ANNOTATIONS = 256 * 1024;

const smallAnnotations: Check<Readonly<Record<string, string>>> = (annotations, fail) => {
  let size = 0;
  for (const [key, value] of Object.entries(annotations))
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  if (size > MAX_ANNOTATIONS)
    fail(
      `Too long: ${size} bytes of annotations, at most ${MAX_ANNOTATIONS}`,
      [],
      "value",
      "FieldValueTooLong",
    );
};

const ownerReference = object(
  {
    apiVersion: filled,
    kind: filled,
    name: filled,
    uid: filled,
    controller: optional(boolean({ description: "Whether the owner manages the object; one may." })),
    blockOwnerDeletion: optionalBoolean,
  },
  { atomic: true, description: "An object without which this one goes away." },
);

const oneController: Check<readonly { readonly controller?: boolean }[]> = (owners, fail) => {
  const controllers = owners.flatMap((owner, index) => (owner.controller === true ? [index] : []));
  for (const index of controllers.slice(1))
    fail("Another owner is the controller already", [index, "controller"]);
};

const oneWayOut: Check<readonly string[]> = (finalizers, fail) => {
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    fail('"orphan" and "foregroundDeletion" exclude each other');
  }
};

const bookkeeping = {
  generateName: optional(string({ description: "Beginning of the name, for the server to complete." })),
  uid: optional(
    string({ description: "Tells the object from others that had its name. Set by the server." }),
  ),
  resourceVersion: optional(string({ description: "Changes with every write. Set by the server." })),
  generation: optional(
    integer({ format: "int64", min: 0, description: "Counts changes of what is wanted. Set by the server." }),
  ),
  selfLink: optionalString,
  creationTimestamp: optionalTime,
  deletionTimestamp: optionalTime,
  deletionGracePeriodSeconds: optionalInt64,
  ownerReferences: optional(
    array(ownerReference, {
      mapKeys: ["uid"],
      repeats: true,
      patchMergeKey: "uid",
      checks: [oneController],
      description: "Objects that this one belongs to: it goes when they have all gone.",
    }),
  ),
  finalizers: optional(
    array(string(qualifiedForm), {
      set: true,
      patchMerge: true,
      checks: [oneWayOut],
      description: "What must be done before the object goes away.",
    }),
  ),
  managedFields: optional(array(any(), { description: "Who set which fields. Set by the server." })),
} as const;

const labelRules = { keys: qualifiedName, description: "Short values that selectors look at." } as const;
const annotationRules = {
  keys: qualifiedName,
  checks: [smallAnnotations],
  description: "Notes for tools and people.",
} as const;

/** Names are DNS subdomains unless a kind says otherwise. */
export function metadata(name: NameRules = dnsSubdomain) {
  return object({
    name: string({ ...name, description: "Unique among objects of the kind in the namespace." }),
    namespace: optional(string({ ...dnsLabel, description: "The scope of the name." })),
    labels: optional(map(string(labelValue), labelRules)),
    annotations: optional(map(string(), annotationRules)),
    ...bookkeeping,
  });
}

/** Of objects that are yet to be made, such as the pods of a Deployment. */
export const templateMetadata = object(
  {
    name: optionalString,
    namespace: optionalString,
    labels: optional(map(string(labelValue), labelRules)),
    annotations: optional(map(string(), annotationRules)),
    ...bookkeeping,
  },
  { description: "Labels and annotations of the objects." },
);
