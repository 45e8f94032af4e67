import type { Match, PathModifier } from "../../program/program.ts";
import type { HTTPPathModifier } from "../../resources/gateway/http-filter.ts";
import { isPath } from "./field.ts";

export function translatePathModifier(
  spec: HTTPPathModifier,
  matches: readonly Match[],
): { readonly path: PathModifier } | { readonly fault: string } {
  const { type, replaceFullPath, replacePrefixMatch } = spec;
  if (type === "ReplaceFullPath" && replaceFullPath !== undefined) {
    if (!isPath(replaceFullPath)) return { fault: `"${replaceFullPath}" is not a path` };
    return { path: { type, value: rooted(replaceFullPath) } };
  }
  if (type === "ReplacePrefixMatch" && replacePrefixMatch !== undefined) {
    if (!isPath(replacePrefixMatch)) return { fault: `"${replacePrefixMatch}" is not a path` };
    if (matches.some((match) => match.path.type !== "PathPrefix")) {
      return { fault: "ReplacePrefixMatch needs a PathPrefix match" };
    }
    return { path: { type, value: replacePrefixMatch === "" ? "" : rooted(replacePrefixMatch) } };
  }
  return { fault: `path modifier ${type} is not supported` };
}

function rooted(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}
