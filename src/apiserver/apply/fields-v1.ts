import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { fieldSet, type FieldSet, isEmpty, leaf } from "./field-set.ts";
import { canonicalElement } from "./path-element.ts";

/** Deeper than any object's fields can lie. */
const MAX_DEPTH = 600;

/**
 * The set as `fieldsV1` of a managedFields entry: one object per path element, `.` for a path that has others below
 * it and is itself in the set.
 */
export function encodeFields(set: FieldSet): JsonObject {
  return encodeChildren(set, false);
}

function encodeChildren(set: FieldSet, self: boolean): JsonObject {
  const encoded: Record<string, unknown> = {};
  if (self) encoded["."] = {};
  const elements = set.children.size > 1 ? [...set.children.keys()].sort() : set.children.keys();
  for (const element of elements) {
    const child = set.children.get(element) ?? leaf;
    encoded[element] = child.children.size === 0 ? {} : encodeChildren(child, child.member);
  }
  return encoded;
}

/** Throws a TypeError or SyntaxError for what is no `fieldsV1`. Unknown kinds of path elements are left out. */
export function decodeFields(value: unknown): FieldSet {
  const set = decodeNode(value, 0);
  return set.member ? fieldSet(false, set.children) : set;
}

function decodeNode(value: unknown, depth: number): FieldSet {
  if (!isJsonObject(value)) throw new TypeError("fieldsV1 must consist of objects");
  if (depth > MAX_DEPTH) throw new TypeError("fieldsV1 is nested too deeply");
  let member = false;
  let children: Map<string, FieldSet> | undefined;
  for (const key of Object.keys(value)) {
    if (key === ".") {
      member = true;
      continue;
    }
    const element = canonicalElement(key);
    if (element === undefined) continue;
    const child = decodeNode(value[key], depth + 1);
    if (!isEmpty(child)) (children ??= new Map<string, FieldSet>()).set(element, child);
  }
  return children === undefined ? leaf : fieldSet(member, children);
}
