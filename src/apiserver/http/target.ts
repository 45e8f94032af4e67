import { ApiError } from "../error.ts";

/** What a path below `/api` or `/apis` names. Absent parts are `""`. */
export interface Target {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** Behind the subresource: the path of a proxy request. */
  readonly rest: string;
}

/** Subresources of namespaces themselves: `/namespaces/NAME/RESOURCE` is otherwise a list in that namespace. */
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/**
 * Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`; undefined for every other path, which includes the discovery
 * documents of a group or version.
 */
export function readTarget(path: string): Target | undefined {
  const parts = path.split("/").slice(1).map(decode);
  if (parts.at(-1) === "") parts.pop();
  const [root] = parts;
  let group = "";
  let at: number;
  if (root === "api") at = 1;
  else if (root === "apis") {
    group = parts[1] ?? "";
    at = 2;
  } else return undefined;
  const version = parts[at] ?? "";
  let rest = parts.slice(at + 1);
  if (version === "" || rest.length === 0) return undefined;
  if (rest.some((part) => part === "")) return undefined;
  let namespace = "";
  const isBelowNamespace =
    rest[0] === "namespaces" && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? "");
  if (isBelowNamespace) {
    namespace = rest[1] ?? "";
    rest = rest.slice(2);
  }
  const [resource = "", name = "", subresource = "", ...below] = rest;
  return { group, version, namespace, resource, name, subresource, rest: below.join("/") };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError("BadRequest", `The path has a percent sign that encodes nothing: ${part}`);
  }
}
