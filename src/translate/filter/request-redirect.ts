import type { Match } from "../../program/program.ts";
import type { HTTPRequestRedirect } from "../../resources/gateway/http-filter.ts";
import type { FilterResult } from "./filter.ts";
import { translatePathModifier } from "./path-modifier.ts";

export function translateRequestRedirect(spec: HTTPRequestRedirect, matches: readonly Match[]): FilterResult {
  const { scheme, hostname, port, statusCode: status } = spec;
  const path = spec.path && translatePathModifier(spec.path, matches);
  if (path !== undefined && "fault" in path) return path;
  return {
    filter: {
      type: "RequestRedirect",
      ...(scheme !== undefined && { scheme }),
      ...(hostname !== undefined && { hostname: hostname.toLowerCase() }),
      ...path,
      ...(port !== undefined && { port }),
      status,
    },
  };
}
