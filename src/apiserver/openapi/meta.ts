import type { JsonObject } from "../../resources/json.ts";

/** The types that all kinds share, as OpenAPI v3 schemas by their names in kube-apiserver's documents. */

const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
export const OBJECT_META = `${META}.ObjectMeta`;
export const LIST_META = `${META}.ListMeta`;
export const STATUS = `${META}.Status`;
export const PATCH = `${META}.Patch`;
export const DELETE_OPTIONS = `${META}.DeleteOptions`;
export const SCALE = "io.k8s.api.autoscaling.v1.Scale";

export const SCHEMAS = "#/components/schemas/";

export function ref(name: string): JsonObject {
  return { $ref: `${SCHEMAS}${name}` };
}

/** A reference with something to say besides: siblings of `$ref` are ignored, so it goes under `allOf`. */
export function refWith(name: string, more: JsonObject): JsonObject {
  return { allOf: [ref(name)], ...more };
}

function text(description: string): JsonObject {
  return { type: "string", description };
}

function flag(description: string): JsonObject {
  return { type: "boolean", description };
}

function integer(format: "int32" | "int64", description: string): JsonObject {
  return { type: "integer", format, description };
}

function texts(description: string, more: JsonObject): JsonObject {
  return { type: "array", items: { type: "string" }, description, ...more };
}

function textMap(description: string): JsonObject {
  return { type: "object", additionalProperties: { type: "string" }, description };
}

function entries(name: string, description: string, more: JsonObject): JsonObject {
  return { type: "array", items: ref(name), description, ...more };
}

function object(description: string, properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: "object", description, properties, ...more };
}

export function gvk(group: string, version: string, kind: string): JsonObject {
  return { group, version, kind };
}

const GVK = "x-kubernetes-group-version-kind";
const atomic = { "x-kubernetes-list-type": "atomic" };

/** Of every object and list. */
export const typeProperties: JsonObject = {
  apiVersion: text("Group and version of the schema that this object follows, such as apps/v1."),
  kind: text("Name of the type of this object, such as Deployment; it cannot be changed."),
};

const time = (description: string) => refWith(`${META}.Time`, { description });

export const metaDefinitions: Readonly<Record<string, JsonObject>> = {
  [OBJECT_META]: object("What every stored object has: its name, labels and bookkeeping.", {
    annotations: textMap("Notes of tools and people; nothing selects by them."),
    creationTimestamp: time("When the object was created; set by the server."),
    deletionGracePeriodSeconds: integer("int64", "Seconds until removal once deletion was asked for."),
    deletionTimestamp: time("When deletion was asked for or takes effect; set by the server."),
    finalizers: texts("Who must agree before the object is removed; an entry is its owner's to remove.", {
      "x-kubernetes-list-type": "set",
      "x-kubernetes-patch-strategy": "merge",
    }),
    generateName: text("Prefix of a unique name that the server makes when there is no name."),
    generation: integer("int64", "Counts the changes of the desired state; set by the server."),
    labels: textMap("Keys and values by which objects are selected."),
    managedFields: entries(`${META}.ManagedFieldsEntry`, "Which manager set which fields.", atomic),
    name: text("Unique within its namespace, or in the cluster for kinds that have none."),
    namespace: text("Where the name is unique; empty for kinds of the whole cluster."),
    ownerReferences: entries(`${META}.OwnerReference`, "Objects with whose deletion this one goes too.", {
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["uid"],
      "x-kubernetes-patch-merge-key": "uid",
      "x-kubernetes-patch-strategy": "merge",
    }),
    resourceVersion: text("Changes with every write; opaque to clients."),
    selfLink: text("No longer set."),
    uid: text("Unique among all objects of all times; set by the server."),
  }),
  [LIST_META]: object("What every list has.", {
    continue: text("Where the next page begins; empty on the last."),
    remainingItemCount: integer("int64", "How many items follow after this page."),
    resourceVersion: text("Of the state that the list shows; watches begin there."),
    selfLink: text("No longer set."),
  }),
  [`${META}.Time`]: { type: "string", format: "date-time", description: "A time by RFC 3339." },
  [`${META}.OwnerReference`]: object(
    "Names an owner: in the same namespace, or of the whole cluster.",
    {
      apiVersion: text("Group and version of the owner."),
      blockOwnerDeletion: flag("The owner waits for this object when it is deleted in the foreground."),
      controller: flag("The owner is the controller that manages this object."),
      kind: text("Kind of the owner."),
      name: text("Name of the owner."),
      uid: text("The owner's uid."),
    },
    { required: ["apiVersion", "kind", "name", "uid"], "x-kubernetes-map-type": "atomic" },
  ),
  [`${META}.ManagedFieldsEntry`]: object("Fields that one manager set in one way.", {
    apiVersion: text("Group and version by which the fields are named."),
    fieldsType: text("FieldsV1."),
    fieldsV1: refWith(`${META}.FieldsV1`, { description: "The fields." }),
    manager: text("Name of the manager."),
    operation: text("Apply or Update."),
    subresource: text("Through which subresource the fields were set; empty for the object itself."),
    time: time("Of the last change."),
  }),
  [`${META}.FieldsV1`]: {
    type: "object",
    description: "A set of fields as a tree: f:NAME, k:KEYS, v:VALUE, i:INDEX.",
  },
  [STATUS]: object(
    "Outcome of a request that answers with nothing else.",
    {
      ...typeProperties,
      code: integer("int32", "The HTTP status code."),
      details: refWith(`${META}.StatusDetails`, { description: "More about the reason." }),
      message: text("The outcome, for people."),
      metadata: refWith(LIST_META, { description: "Standard list metadata." }),
      reason: text("The outcome, for programs, such as NotFound."),
      status: text("Success or Failure."),
    },
    { [GVK]: [gvk("", "v1", "Status")] },
  ),
  [`${META}.StatusDetails`]: object("What a failure is about.", {
    causes: entries(`${META}.StatusCause`, "Single faults.", atomic),
    group: text("Group of the resource."),
    kind: text("Kind or resource."),
    name: text("Name of the object."),
    retryAfterSeconds: integer("int32", "When it may be worth trying again."),
    uid: text("uid of the object."),
  }),
  [`${META}.StatusCause`]: object("One fault.", {
    field: text("Where it is, such as spec.rules[0].name."),
    message: text("What is wrong, for people."),
    reason: text("What is wrong, for programs, such as FieldValueInvalid."),
  }),
  [PATCH]: { type: "object", description: "Body of a PATCH request in the form that its content type says." },
  [DELETE_OPTIONS]: object(
    "How to delete.",
    {
      ...typeProperties,
      dryRun: texts("All: nothing is changed.", atomic),
      gracePeriodSeconds: integer("int64", "Seconds until removal; 0 is at once."),
      orphanDependents: flag("Deprecated in favour of propagationPolicy."),
      preconditions: refWith(`${META}.Preconditions`, { description: "What must hold for the deletion." }),
      propagationPolicy: text("Orphan, Background or Foreground: what becomes of dependent objects."),
    },
    { [GVK]: [gvk("", "v1", "DeleteOptions")] },
  ),
  [`${META}.Preconditions`]: object("What must hold for a deletion.", {
    resourceVersion: text("The object is still in this version."),
    uid: text("The object is still this one."),
  }),
  [SCALE]: object(
    "How many replicas there are and shall be.",
    {
      ...typeProperties,
      metadata: refWith(OBJECT_META, { description: "Metadata of the scaled object." }),
      spec: object("The desired state.", { replicas: integer("int32", "How many replicas there shall be.") }),
      status: object(
        "The observed state.",
        {
          replicas: integer("int32", "How many replicas there are."),
          selector: text("Selects the pods that are counted, in the form of a labelSelector parameter."),
        },
        { required: ["replicas"] },
      ),
    },
    { [GVK]: [gvk("autoscaling", "v1", "Scale")] },
  ),
};
