import type { Match } from "../../program/program.ts";
import type { HTTPURLRewrite } from "../../resources/gateway/http-filter.ts";
import type { FilterResult } from "./filter.ts";
import { translatePathModifier } from "./path-modifier.ts";

export function translateURLRewrite(spec: HTTPURLRewrite, matches: readonly Match[]): FilterResult {
  const path = spec.path && translatePathModifier(spec.path, matches);
  if (path !== undefined && "fault" in path) return path;
  const { hostname } = spec;
  return {
    filter: {
      type: "URLRewrite",
      ...(hostname !== undefined && { hostname: hostname.toLowerCase() }),
      ...path,
    },
  };
}
