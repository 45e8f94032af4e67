import { kindFromCrd } from "../../resources/crd/kind-from-crd.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Cause } from "../error.ts";
import { fieldOf } from "../objects/fault.ts";
import { metaOf, objectIn, timestamp, withMeta } from "../objects/meta.ts";
import type { Strategy } from "../objects/write.ts";
import type { Registry } from "../registry.ts";

/** Keeps a definition until its objects are gone. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

/** Annotation of a definition that came with the program; without it the definition is the user's. */
export const BUILT_IN = "gatewright.dev/built-in";

/** Definitions take effect as they are written: their kinds are served when the request is answered. */
export function customResourceDefinitionStrategy(registry: Registry): Strategy {
  return {
    keepsStatus: true,
    create: (object, { now }) => {
      const { finalizers = [] } = metaOf(object);
      const held = withMeta(object, { finalizers: [...new Set([...finalizers, CLEANUP_FINALIZER])] });
      return { ...held, status: statusOf(object, undefined, now) };
    },
    update: (object, live, { now, write }) =>
      write.subresource === "status"
        ? object
        : { ...withoutMark(object), status: statusOf(object, live, now) },
    givesWay: isBuiltIn,
    check: (object, live) => [
      ...faults(object),
      ...immutableFaults(object, live),
      ...nameFaults(object, registry),
    ],
    written: (object) => {
      const { kind } = kindFromCrd(object);
      if (kind !== undefined) registry.add(kind);
    },
    removed: (live) => {
      const spec = objectIn(live, "spec");
      registry.remove(String(spec["group"]), String(objectIn(spec, "names")["plural"]));
    },
  };
}

function isBuiltIn(object: JsonObject): boolean {
  return metaOf(object).annotations?.[BUILT_IN] !== undefined;
}

function withoutMark(object: JsonObject): JsonObject {
  const { [BUILT_IN]: _, ...annotations } = metaOf(object).annotations ?? {};
  return withMeta(object, { annotations: Object.keys(annotations).length > 0 ? annotations : undefined });
}

function faults(object: JsonObject): readonly Cause[] {
  return kindFromCrd(object).errors.map(({ path, message }) => ({
    reason: "FieldValueInvalid",
    field: fieldOf(path),
    message: `Invalid value: ${message}`,
  }));
}

/** What objects are stored under: it stays, and so do the versions that they may be stored in. */
function immutableFaults(object: JsonObject, live: JsonObject | undefined): readonly Cause[] {
  if (live === undefined) return [];
  const [now, before] = [objectIn(object, "spec"), objectIn(live, "spec")];
  const causes: Cause[] = [];
  for (const [field, value, old] of [
    ["spec.group", now["group"], before["group"]],
    ["spec.scope", now["scope"], before["scope"]],
    ["spec.names.kind", objectIn(now, "names")["kind"], objectIn(before, "names")["kind"]],
  ] as const) {
    if (value === old) continue;
    const message = `Invalid value: ${JSON.stringify(value)}: field is immutable`;
    causes.push({ reason: "FieldValueInvalid", field, message });
  }
  const names = new Set(versionsOf(now).map(({ name }) => name));
  for (const [index, stored] of listIn(objectIn(object, "status"), "storedVersions").entries()) {
    if (names.has(stored)) continue;
    const message = `Invalid value: ${JSON.stringify(stored)}: objects may be stored in it, so it must be in spec.versions`;
    causes.push({ reason: "FieldValueInvalid", field: `status.storedVersions[${index}]`, message });
  }
  return causes;
}

/** A definition must not take the place of a kind that is built in, nor the names of another one. */
function nameFaults(object: JsonObject, registry: Registry): readonly Cause[] {
  const spec = objectIn(object, "spec");
  const group = String(spec["group"]);
  const names = objectIn(spec, "names");
  const { plural, kind } = names;
  const causes: Cause[] = [];
  for (const other of registry.kinds) {
    if (other.group !== group) continue;
    if (other.plural === plural) {
      if (other.crd !== undefined) continue;
      const message = `Forbidden: ${plural}.${group} is built in`;
      causes.push({ reason: "FieldValueForbidden", field: "spec.names.plural", message });
    } else if (other.kind === kind) {
      const message = `Duplicate value: "${kind}": ${other.plural}.${group} has this kind`;
      causes.push({ reason: "FieldValueDuplicate", field: "spec.names.kind", message });
    }
  }
  return causes;
}

function statusOf(object: JsonObject, live: JsonObject | undefined, now: Date): JsonObject {
  const spec = objectIn(object, "spec");
  const names = objectIn(spec, "names");
  const { kind, plural } = names;
  const before = live === undefined ? {} : objectIn(live, "status");
  const storage = versionsOf(spec).filter((each) => each["storage"] === true);
  // What came with the program must not keep the user from another bundle; reading needs no old version.
  const isReplaced = live !== undefined && isBuiltIn(live);
  const offered = new Set(versionsOf(spec).map((each) => each["name"]));
  const stored = listIn(before, "storedVersions").filter((each) => !isReplaced || offered.has(each));
  const at = timestamp(now);
  const conditions = Array.isArray(before["conditions"])
    ? (before["conditions"] as readonly unknown[])
    : [
        {
          type: "NamesAccepted",
          status: "True",
          lastTransitionTime: at,
          reason: "NoConflicts",
          message: "no conflicts found",
        },
        {
          type: "Established",
          status: "True",
          lastTransitionTime: at,
          reason: "InitialNamesAccepted",
          message: "the initial names have been accepted",
        },
      ];
  return {
    conditions,
    acceptedNames: {
      listKind: `${String(kind)}List`,
      singular: String(kind).toLowerCase(),
      ...names,
      plural,
    },
    storedVersions: [...new Set([...stored, ...storage.map(({ name }) => name)])],
  };
}

function versionsOf(spec: JsonObject): readonly JsonObject[] {
  return listIn(spec, "versions").filter(isJsonObject);
}

function listIn(object: JsonObject, name: string): readonly unknown[] {
  const list = object[name];
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}
