import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { ObjectId, TokenOrder } from "../auth/service-account-tokens.ts";
import { ApiError } from "../error.ts";
import { decodeObject, mediaType } from "../http/body.ts";
import type { Call, Reply } from "../http/call.ts";
import { metaOf, objectIn } from "../objects/meta.ts";
import type { Services } from "./serve.ts";

/** Seconds, unless the request says otherwise. */
const EXPIRATION = 3600;

/** POST `serviceaccounts/NAME/token`: a token for the account, perhaps bound to a pod or a Secret. */
export function requestToken(call: Call, { tokens }: Services): Reply {
  const { served, target, objects } = call;
  const account = objects.get(served, target.namespace, target.name);
  const request = decodeObject(call.body, mediaType(call.headers["content-type"]));
  const spec = objectIn(request, "spec");
  const expiration = spec["expirationSeconds"] ?? EXPIRATION;
  if (typeof expiration !== "number")
    throw new ApiError("BadRequest", "spec.expirationSeconds: a number of seconds");
  const audiences = Array.isArray(spec["audiences"])
    ? spec["audiences"].filter((each) => typeof each === "string")
    : [];
  const bound = isJsonObject(spec["boundObjectRef"]) ? boundTo(spec["boundObjectRef"], call) : {};
  const order: TokenOrder = {
    namespace: target.namespace,
    serviceAccount: idOf(account),
    expirationSeconds: expiration,
    ...(audiences.length > 0 && { audiences }),
    ...bound,
  };
  const status = tokens.issue(order);
  return {
    code: 201,
    body: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name: target.name, namespace: target.namespace, creationTimestamp: null },
      spec: { ...spec, audiences, expirationSeconds: expiration },
      status,
    },
  };
}

const KINDS = ["Pod", "Secret", "Node"] as const;

function boundTo(reference: JsonObject, { objects, target }: Call): Pick<TokenOrder, "boundObject" | "node"> {
  const kind = KINDS.find((each) => each === reference["kind"]);
  const { name } = reference;
  if (kind === undefined || typeof name !== "string") {
    throw new ApiError(
      "BadRequest",
      `cannot bind a token to ${String(reference["kind"])}: allowed are ${KINDS.join(", ")}`,
    );
  }
  const plural = `${kind.toLowerCase()}s`;
  const row = objects.store.read(plural, kind === "Node" ? "" : target.namespace, name);
  if (row === undefined) throw new ApiError("NotFound", `${plural} "${name}" not found`);
  const object = JSON.parse(row.text) as JsonObject;
  const id = idOf(object);
  if (reference["uid"] !== undefined && reference["uid"] !== id.uid) {
    throw new ApiError(
      "Conflict",
      `the UID in the bound object reference (${JSON.stringify(reference["uid"])}) does not match the UID in record`,
    );
  }
  const node =
    kind === "Pod"
      ? nodeOf(object, objects.store.read("nodes", "", String(objectIn(object, "spec")["nodeName"]))?.text)
      : undefined;
  return { boundObject: { kind, ...id }, ...(node !== undefined && { node }) };
}

function nodeOf(pod: JsonObject, text: string | undefined): ObjectId | undefined {
  const { nodeName } = objectIn(pod, "spec");
  if (typeof nodeName !== "string" || text === undefined) return undefined;
  return idOf(JSON.parse(text) as JsonObject);
}

function idOf(object: JsonObject): ObjectId {
  const { name = "", uid = "" } = metaOf(object);
  return { name, uid };
}
