import type { ServiceAccountTokens } from "../auth/service-account-tokens.ts";
import { ApiError } from "../error.ts";
import type { Call, Reply } from "../http/call.ts";
import { list } from "./list.ts";
import { bindPod } from "./pod-binding.ts";
import { evictPod } from "./pod-eviction.ts";
import { remove, removeCollection } from "./remove.ts";
import { scale } from "./scale.ts";
import { requestToken } from "./token-request.ts";
import { answer, create, patch, update } from "./write.ts";

/** What some verbs need besides the objects. */
export interface Services {
  readonly tokens: ServiceAccountTokens;
}

type Handler = (call: Call, services: Services) => Reply;

/** Subresources that are more than a view of the object, by resource of the core group or `RESOURCE.GROUP`. */
const special: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  "pods/binding": { create: bindPod },
  "pods/eviction": { create: evictPod },
  "serviceaccounts/token": { create: requestToken },
};
/** Subresources that write a part of the object by the ordinary verbs. */
const views = new Set([
  "status",
  "namespaces/finalize",
  "pods/ephemeralcontainers",
  "pods/resize",
  "certificatesigningrequests.certificates.k8s.io/approval",
]);

/** Answers one request; throws an ApiError where it is refused. */
export function serve(call: Call, verb: string, services: Services): Reply {
  const { subresource, resource, group } = call.target;
  if (subresource === "") return serveObject(call, verb);
  const name = group === "" ? resource : `${resource}.${group}`;
  const handlers = special[`${name}/${subresource}`];
  if (handlers !== undefined) return handlers[verb]?.(call, services) ?? refuse(verb);
  if (subresource === "scale")
    return verb === "get" || verb === "update" || verb === "patch" ? scale(call) : refuse(verb);
  const isView = subresource === "status" ? call.served.version.status : views.has(`${name}/${subresource}`);
  if (!isView) throw new ApiError("NotFound", "the server could not find the requested resource");
  if (verb === "get" || verb === "update" || verb === "patch") return serveObject(call, verb);
  return refuse(verb);
}

function serveObject(call: Call, verb: string): Reply {
  const { objects, served, target } = call;
  switch (verb) {
    case "get":
      return answer(call, 200, objects.get(served, target.namespace, target.name));
    case "list":
      return list(call);
    case "create":
      if (target.name !== "") return refuse(verb);
      return create(call);
    case "update":
      return target.name === "" ? refuse(verb) : update(call);
    case "patch":
      return target.name === "" ? refuse(verb) : patch(call);
    case "delete":
      return remove(call);
    case "deletecollection":
      return served.kind.namespaced && target.namespace === "" ? refuse(verb) : removeCollection(call);
    default:
      return refuse(verb);
  }
}

function refuse(verb: string): never {
  throw new ApiError(
    "MethodNotAllowed",
    `the server does not allow this method on the requested resource: ${verb}`,
  );
}
