import { failure } from "./error.ts";

/** A kind in one version, as paths name it. */
export interface ResourceType {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** All objects of a kind; those of one namespace with `namespace`; one object with `name`. */
export interface Target extends ResourceType {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Something between two slashes of a path. No name that an API server accepts has to be escaped. */
const segment = /^(?!\.{1,2}$)[a-zA-Z0-9._~:@!$&'()*+,;=-]{1,253}$/;

/** Path of the objects or the object, without query. @param subresource Such as `status`. */
export function pathOf(target: Target, subresource?: string): string {
  const { group, version, plural, namespace, name } = target;
  const parts = group === "" ? ["api", version] : ["apis", group, version];
  if (namespace !== undefined && namespace !== "") parts.push("namespaces", namespace);
  parts.push(plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  const wrong = parts.find((part) => !segment.test(part));
  if (wrong !== undefined) {
    throw failure("BadAnswer", `${JSON.stringify(wrong)} cannot be part of a path of an API server`);
  }
  return `/${parts.join("/")}`;
}

/** `?a=b&c=d` of what is set; `""` when nothing is. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query.toString()}`;
}
