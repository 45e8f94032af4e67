import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Attributes, PolicyRule } from "../auth/policy-rule.ts";
import type { Rbac } from "../auth/rbac.ts";
import type { ServiceAccountTokens } from "../auth/service-account-tokens.ts";
import type { User } from "../auth/user.ts";
import { ApiError } from "../error.ts";
import { decodeObject, mediaType } from "../http/body.ts";
import type { Reply } from "../http/call.ts";
import type { Target } from "../http/target.ts";
import { objectIn } from "../objects/meta.ts";

export interface ReviewsOptions {
  readonly rbac: Rbac;
  /** Whose token this is. */
  readonly userOf: (token: string) => User | undefined;
  readonly tokens: ServiceAccountTokens;
}

/** Questions about who may do what: objects that are answered and never kept. */
export class Reviews {
  private readonly options: ReviewsOptions;

  constructor(options: ReviewsOptions) {
    this.options = options;
  }

  answer(kind: string, body: Buffer, headers: IncomingHttpHeaders, user: User, target: Target): Reply {
    const review = decodeObject(body, mediaType(headers["content-type"]));
    const spec = objectIn(review, "spec");
    const status = this.statusOf(kind, spec, user, target);
    const { group, version } = target;
    const metadata = { ...objectIn(review, "metadata"), creationTimestamp: null };
    return { code: 201, body: { kind, apiVersion: `${group}/${version}`, metadata, spec, status } };
  }

  private statusOf(kind: string, spec: JsonObject, user: User, target: Target): JsonObject {
    switch (kind) {
      case "SelfSubjectAccessReview":
        return this.decide(user, spec);
      case "SubjectAccessReview":
        return this.decide(subjectOf(spec), spec);
      case "LocalSubjectAccessReview": {
        const { namespace } = objectIn(spec, "resourceAttributes");
        if (namespace !== target.namespace) {
          throw new ApiError(
            "BadRequest",
            `spec.resourceAttributes.namespace: must be the namespace of the request: ${target.namespace}`,
          );
        }
        return this.decide(subjectOf(spec), spec);
      }
      case "SelfSubjectRulesReview": {
        const { namespace } = spec;
        if (typeof namespace !== "string" || namespace === "") {
          throw new ApiError("BadRequest", "spec.namespace: Required value: a namespace");
        }
        return rulesStatus(this.options.rbac.rulesFor(user, namespace));
      }
      case "SelfSubjectReview":
        return { userInfo: userInfo(user) };
      case "TokenReview":
        return this.reviewToken(spec);
      default:
        throw new ApiError("NotFound", "the server could not find the requested resource");
    }
  }

  private decide(user: User, spec: JsonObject): JsonObject {
    const { resourceAttributes, nonResourceAttributes } = spec;
    if (isJsonObject(resourceAttributes) === isJsonObject(nonResourceAttributes)) {
      throw new ApiError(
        "BadRequest",
        "spec: exactly one of resourceAttributes and nonResourceAttributes must be given",
      );
    }
    const given = isJsonObject(nonResourceAttributes)
      ? nonResourceAttributes
      : (resourceAttributes as JsonObject);
    const { allowed, reason } = this.options.rbac.authorize(user, attributesOf(given));
    return { allowed, ...(reason !== "" && { reason }) };
  }

  private reviewToken(spec: JsonObject): JsonObject {
    const token = text(spec, "token");
    const wanted = spec["audiences"];
    const audiences = Array.isArray(wanted) ? wanted.filter((each) => typeof each === "string") : [];
    const verified = this.options.tokens.verify(token, audiences.length > 0 ? audiences : undefined);
    if (verified !== undefined)
      return { authenticated: true, user: userInfo(verified.user), audiences: verified.audiences };
    const user = audiences.length > 0 ? undefined : this.options.userOf(token);
    return user === undefined
      ? { authenticated: false, user: {} }
      : { authenticated: true, user: userInfo(user) };
  }
}

function subjectOf(spec: JsonObject): User {
  const groups = Array.isArray(spec["groups"])
    ? spec["groups"].filter((each) => typeof each === "string")
    : [];
  const name = text(spec, "user");
  if (name === "" && groups.length === 0)
    throw new ApiError("BadRequest", "spec: at least one of user and groups is required");
  return { name, groups };
}

function attributesOf(given: JsonObject): Attributes {
  const { path } = given;
  return {
    verb: text(given, "verb"),
    group: text(given, "group"),
    resource: text(given, "resource"),
    subresource: text(given, "subresource"),
    namespace: text(given, "namespace"),
    name: text(given, "name"),
    ...(typeof path === "string" && { path }),
  };
}

function rulesStatus(rules: readonly PolicyRule[]): JsonObject {
  const resourceRules = rules.filter(({ resources = [] }) => resources.length > 0);
  const nonResourceRules = rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0);
  return {
    resourceRules: resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames !== undefined && resourceNames.length > 0 && { resourceNames }),
    })),
    nonResourceRules: nonResourceRules.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}

function userInfo({ name, groups, uid, extra }: User): JsonObject {
  return { username: name, groups, ...(uid !== undefined && { uid }), ...(extra !== undefined && { extra }) };
}

function text(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}
