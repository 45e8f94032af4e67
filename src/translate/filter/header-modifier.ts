import type { HeaderField, HeaderFilter } from "../../program/program.ts";
import type { HTTPHeaderModifier } from "../../resources/gateway/http-filter.ts";
import { wireValue } from "./field.ts";
import type { FilterResult } from "./filter.ts";

export function translateHeaderModifier(type: HeaderFilter["type"], spec: HTTPHeaderModifier): FilterResult {
  const { set = [], add = [], remove = [] } = spec;
  return {
    filter: {
      type,
      set: distinct(set),
      add: distinct(add),
      remove: [...new Set(remove.map((name) => name.toLowerCase()))],
    },
  };
}

/** Of fields whose names differ only in case "the first entry MUST be considered" (Gateway API, `HTTPHeaderFilter`). */
function distinct(fields: readonly HeaderField[]): readonly HeaderField[] {
  const byName = new Map<string, HeaderField>();
  for (const { name, value } of fields) {
    if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), { name, value: wireValue(value) });
  }
  return [...byName.values()];
}
