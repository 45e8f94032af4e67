import { ApiError } from "../error.ts";
import { forbidden } from "./forbidden.ts";
import type { Attributes } from "./policy-rule.ts";
import type { Rbac } from "./rbac.ts";
import {
  anonymousName,
  authenticatedGroup,
  serviceAccountGroups,
  splitServiceAccountName,
  unauthenticatedGroup,
  type User,
} from "./user.ts";

/** Header fields by lower-case name, each with all of its values: `headersDistinct` of `node:http`. */
export type Fields = Readonly<Record<string, readonly string[] | undefined>>;

const extraPrefix = "impersonate-extra-";

/**
 * The user that the request is to be served as: the one that sent it, or the one that its `Impersonate-*` fields name.
 * Throws `Forbidden` unless `user` may `impersonate` each part of it, and `BadRequest` for parts without a user.
 */
export function impersonate(rbac: Rbac, user: User, fields: Fields): User {
  const [name = "", ...moreNames] = fields["impersonate-user"] ?? [];
  const [uid, ...moreUids] = fields["impersonate-uid"] ?? [];
  const groups = fields["impersonate-group"] ?? [];
  const extra = extraOf(fields);
  if (moreNames.length > 0 || moreUids.length > 0)
    throw new ApiError("BadRequest", "Impersonate-User and Impersonate-Uid can be given once only");
  if (name === "") {
    if (
      uid === undefined &&
      groups.length === 0 &&
      extra.size === 0 &&
      fields["impersonate-user"] === undefined
    )
      return user;
    throw new ApiError(
      "BadRequest",
      "Impersonate-Group, -Uid and -Extra need an Impersonate-User beside them",
    );
  }
  const account = splitServiceAccountName(name);
  const need = (resource: string, which: string, more: Partial<Attributes> = {}) => {
    const attributes = {
      verb: "impersonate",
      group: "",
      resource,
      subresource: "",
      namespace: "",
      name: which,
      ...more,
    };
    if (!rbac.authorize(user, attributes).allowed) throw forbidden(user, attributes);
  };
  if (account === undefined) need("users", name);
  else need("serviceaccounts", account.name, { namespace: account.namespace });
  for (const group of groups) need("groups", group);
  const group = "authentication.k8s.io";
  for (const [key, values] of extra)
    for (const value of values) need("userextras", value, { group, subresource: key });
  if (uid !== undefined) need("uids", uid, { group });
  const own = groups.length > 0 || account === undefined ? groups : serviceAccountGroups(account.namespace);
  return {
    name,
    groups: withStanding(name, own),
    ...(uid !== undefined && { uid }),
    ...(extra.size > 0 && { extra: Object.fromEntries(extra) }),
  };
}

/** Everybody is in one of the two groups, and who names one of them has said which. */
function withStanding(name: string, groups: readonly string[]): readonly string[] {
  if (groups.includes(unauthenticatedGroup)) return groups;
  if (name === anonymousName) return [...groups, unauthenticatedGroup];
  return groups.includes(authenticatedGroup) ? groups : [...groups, authenticatedGroup];
}

/** Keys are percent-encoded where a field name cannot hold their characters. */
function extraOf(fields: Fields): ReadonlyMap<string, readonly string[]> {
  const extra = new Map<string, readonly string[]>();
  for (const [field, values] of Object.entries(fields)) {
    if (!field.startsWith(extraPrefix) || values === undefined) continue;
    const key = decoded(field.slice(extraPrefix.length));
    extra.set(key, [...(extra.get(key) ?? []), ...values]);
  }
  return extra;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
