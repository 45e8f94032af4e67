/** Whoever sent a request, as `SelfSubjectReview` and RBAC know them. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const mastersGroup = "system:masters";
export const authenticatedGroup = "system:authenticated";
export const unauthenticatedGroup = "system:unauthenticated";
export const anonymousName = "system:anonymous";

const prefix = "system:serviceaccount:";

export function serviceAccountName(namespace: string, name: string): string {
  return `${prefix}${namespace}:${name}`;
}

/** The groups of a service account, `system:authenticated` not among them. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** What `serviceAccountName` put together. */
export function splitServiceAccountName(
  user: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(prefix)) return undefined;
  const [namespace, name, ...more] = user.slice(prefix.length).split(":");
  if (namespace === undefined || name === undefined || more.length > 0) return undefined;
  return namespace === "" || name === "" ? undefined : { namespace, name };
}
