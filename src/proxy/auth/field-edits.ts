import type { HeaderField } from "../../program/program.ts";
import { HeaderModifiers, isField } from "../filter/header-modifier.ts";
import type { HeaderEdits } from "../filter/header-edits.ts";
import type { FieldEdit } from "./verdict.ts";

interface Fields {
  get(lowerName: string): string | undefined;
}

/**
 * What an authorization server asks for, as edits of a head whose fields are `fields`. The rules of header filters hold for it:
 * what frames the message, belongs to the connection, names the host, or is no field has no effect.
 */
export function compileFieldEdits(
  edits: readonly FieldEdit[],
  fields: Fields,
  modifiers: HeaderModifiers,
): HeaderEdits {
  const present = new Map<string, boolean>();
  for (const { action, name, value } of edits) {
    const lowerName = name.toLowerCase();
    const isPresent = present.get(lowerName) ?? fields.get(lowerName) !== undefined;
    if (action === "add-if-absent" && isPresent) continue;
    if (action === "set-if-present" && !isPresent) continue;
    const field: HeaderField = { name, value };
    if (action === "remove") modifiers.apply({ ...nothing, remove: [lowerName] });
    else if (!isField(field)) continue;
    else if (action === "add") modifiers.apply({ ...nothing, add: [field] });
    else modifiers.apply({ ...nothing, set: [field] });
    present.set(lowerName, action !== "remove");
  }
  return modifiers.compile();
}

const nothing = { type: "RequestHeaderModifier", set: [], add: [], remove: [] } as const;
