import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { apiVersionOf } from "../../resources/kind.ts";
import { ApiError } from "../error.ts";
import { decodeBody, decodeObject, mediaType, PROTOBUF } from "../http/body.ts";
import { duplicateFields } from "../http/duplicate-fields.ts";
import { isOn, type Call, type Reply } from "../http/call.ts";
import { writeOptions } from "../http/write-options.ts";
import { metaOf, withMeta } from "../objects/meta.ts";
import type { Write } from "../objects/write.ts";
import { applyJsonPatch } from "../patch/json-patch.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import { applyStrategicMergePatch } from "../patch/strategic-merge-patch.ts";
import { includeOf, represent } from "./represent.ts";

/** That one answer names. */
const MAX_DUPLICATES = 20;

export function create(call: Call): Reply {
  const { served, target } = call;
  const object = typed(bodyOf(call), call);
  const created = call.objects.create(served, target.namespace, object, writeOptions(call));
  return answer(call, 201, created);
}

/** PUT: replaces an object; custom resources and a few built-in kinds are created where nothing is. */
export function update(call: Call): Reply {
  const { served, target, objects } = call;
  const object = typed(bodyOf(call), call);
  const write = writeOptions(call);
  const { name } = metaOf(object);
  if (name !== undefined && name !== target.name) {
    throw new ApiError(
      "BadRequest",
      `the name of the object (${name}) does not match the name on the URL (${target.name})`,
    );
  }
  const named = withMeta(object, { name: target.name });
  return answer(
    call,
    200,
    objects.update(served, target.namespace, target.name, () => named, write),
  );
}

/** Fields that a JSON body has twice are refused or warned of, as unknown ones are. */
function bodyOf(call: Call): JsonObject {
  const type = mediaType(call.headers["content-type"]);
  const object = decodeObject(call.body, type);
  const { fieldValidation } = writeOptions(call);
  const text = call.body.toString();
  // Neither protobuf nor YAML that was read has names twice; what is called YAML is most often JSON.
  if (fieldValidation === "Ignore" || type === PROTOBUF || (type.endsWith("yaml") && !isJson(text)))
    return object;
  const texts = duplicateFields(text).map((field) => `duplicate field "${field}"`);
  if (texts.length > 0 && fieldValidation === "Strict") {
    throw new ApiError("BadRequest", `strict decoding error: ${texts.slice(0, MAX_DUPLICATES).join(", ")}`);
  }
  call.warnings.push(...texts.slice(0, MAX_DUPLICATES));
  return object;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export function patch(call: Call): Reply {
  const type = mediaType(call.headers["content-type"]);
  if (type === "application/apply-patch+yaml") return apply(call);
  const { served, target, objects } = call;
  if (isOn(call.query, "force")) {
    throw new ApiError("BadRequest", "The parameter force is for server-side apply only");
  }
  const change = decodeBody(call.body, type);
  const edit = editorOf(type, change, call);
  const next = (live: JsonObject) => typed(requireObject(edit(live)), call);
  return answer(call, 200, objects.update(served, target.namespace, target.name, next, writeOptions(call)));
}

type Edit = (live: JsonObject) => unknown;

const CUSTOM_PATCHES = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/apply-patch+yaml",
];

function editorOf(type: string, change: unknown, { served }: Call): Edit {
  switch (type) {
    case "application/json-patch+json":
      return (live) => applyJsonPatch(live, change);
    case "application/merge-patch+json":
      return (live) => applyMergePatch(live, requireObject(change));
    case "application/strategic-merge-patch+json":
      if (served.kind.crd === undefined) {
        return (live) => applyStrategicMergePatch(live, requireObject(change), served.version.schema);
      }
  }
  const accepted =
    served.kind.crd === undefined
      ? [...CUSTOM_PATCHES, "application/strategic-merge-patch+json"]
      : CUSTOM_PATCHES;
  throw new ApiError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}

function apply(call: Call): Reply {
  const { served, target, objects, query } = call;
  if ((query.get("fieldManager") ?? "") === "") {
    throw new ApiError("BadRequest", "fieldManager is required for apply patch");
  }
  const object = typed(bodyOf(call), call);
  const { name, namespace } = metaOf(object);
  if (name !== undefined && name !== target.name) {
    throw new ApiError(
      "BadRequest",
      `the name of the object (${name}) does not match the name on the URL (${target.name})`,
    );
  }
  if (namespace !== undefined && namespace !== "" && namespace !== target.namespace)
    throw otherNamespace(namespace, target.namespace);
  const force = isOn(query, "force");
  const write: Write = { ...writeOptions(call), operation: "Apply" };
  const result = objects.apply(served, target.namespace, target.name, { object, force }, write);
  return answer(call, result.created ? 201 : 200, result.object);
}

function requireObject(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw new ApiError("BadRequest", "The patched document is not an object");
}

/** The body must be of the type and namespace that the URL names; what it leaves out is filled in. */
function typed(object: JsonObject, { served: { kind, version }, target }: Call): JsonObject {
  const apiVersion = apiVersionOf(kind.group, version.name);
  for (const [field, wanted] of [
    ["apiVersion", apiVersion],
    ["kind", kind.kind],
  ] as const) {
    const found = object[field];
    if (found === undefined || found === wanted || found === "") continue;
    throw new ApiError(
      "BadRequest",
      `the object provided is unrecognized (must be of type ${kind.kind} in ${apiVersion}): its ${field} is ${JSON.stringify(found)}`,
    );
  }
  if (object["metadata"] !== undefined && !isJsonObject(object["metadata"])) {
    throw new ApiError("BadRequest", "metadata is not an object");
  }
  const { namespace } = metaOf(object);
  if (kind.namespaced && namespace !== undefined && namespace !== "" && namespace !== target.namespace) {
    throw otherNamespace(namespace, target.namespace);
  }
  return { ...object, apiVersion, kind: kind.kind };
}

function otherNamespace(found: string, wanted: string): ApiError {
  return new ApiError(
    "BadRequest",
    `the namespace of the provided object does not match the namespace sent on the request (${found} and ${wanted})`,
  );
}

/** A written object in the form that the client asked for. */
export function answer(call: Call, code: number, object: JsonObject): Reply {
  const { query, objects } = call;
  return { code, body: represent(object, { ...call, include: includeOf(query), now: objects.now() }) };
}
