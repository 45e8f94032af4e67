import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { decodeBody, decodeObject, mediaType } from "../http/body.ts";
import type { Call, Reply } from "../http/call.ts";
import { writeOptions } from "../http/write-options.ts";
import { metaOf } from "../objects/meta.ts";
import { applyJsonPatch } from "../patch/json-patch.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import type { Scale } from "../../resources/kind.ts";

/** `autoscaling/v1` Scale: the replicas of any kind that says where it keeps them. */
export function scale(call: Call): Reply {
  const { served, target, objects, method } = call;
  const paths = served.version.scale;
  if (paths === undefined) throw new ApiError("NotFound", "the server could not find the requested resource");
  const { namespace, name } = target;
  if (method === "GET") return { code: 200, body: scaleOf(objects.get(served, namespace, name), paths) };
  const edit = editOf(call);
  const { subresource: _, ...write } = writeOptions(call);
  const written = objects.update(
    served,
    namespace,
    name,
    (live) => {
      const wanted = edit(scaleOf(live, paths));
      const replicas = replicasIn(wanted);
      const { resourceVersion } = metaOf(wanted);
      const next = put(live, paths.specReplicas, replicas);
      return {
        ...next,
        metadata: {
          ...(next["metadata"] as JsonObject),
          ...(resourceVersion !== undefined && { resourceVersion }),
        },
      };
    },
    write,
  );
  return { code: 200, body: scaleOf(written, paths) };
}

function editOf({ method, body, headers }: Call): (live: JsonObject) => JsonObject {
  const type = mediaType(headers["content-type"]);
  if (method === "PUT") {
    const wanted = decodeObject(body, type);
    return () => wanted;
  }
  const change = decodeBody(body, type);
  if (type === "application/json-patch+json") return (live) => requireObject(applyJsonPatch(live, change));
  // A Scale has no lists, so a strategic merge is a plain one.
  return (live) => requireObject(applyMergePatch(live, requireObject(change)));
}

function requireObject(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw new ApiError("BadRequest", "The body is not a Scale object");
}

function replicasIn(wanted: JsonObject): number {
  const spec = isJsonObject(wanted["spec"]) ? wanted["spec"] : {};
  const replicas = spec["replicas"] ?? 0;
  if (Number.isSafeInteger(replicas) && (replicas as number) >= 0) return replicas as number;
  throw new ApiError(
    "BadRequest",
    `spec.replicas: Invalid value: ${JSON.stringify(replicas)}: a whole number from 0`,
  );
}

function scaleOf(object: JsonObject, { specReplicas, statusReplicas, labelSelector }: Scale): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metaOf(object);
  const selector = labelSelector === undefined ? undefined : selectorText(at(object, labelSelector));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: at(object, specReplicas) ?? 0 },
    status: { replicas: at(object, statusReplicas) ?? 0, ...(selector !== undefined && { selector }) },
  };
}

/** Built-in kinds have a selector object where custom resources have its text. */
function selectorText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!isJsonObject(value)) return undefined;
  const labels = isJsonObject(value["matchLabels"]) ? value["matchLabels"] : value;
  return Object.entries(labels)
    .filter(([, label]) => typeof label === "string")
    .map(([key, label]) => `${key}=${label as string}`)
    .toSorted()
    .join(",");
}

/** The value at `.spec.replicas`. */
function at(object: JsonObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split(".").slice(1)) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

function put(object: JsonObject, path: string, value: unknown): JsonObject {
  const [, name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = isJsonObject(object[name]) ? object[name] : {};
  return { ...object, [name]: put(inner, `.${rest.join(".")}`, value) };
}
