import { formerFields } from "../../resources/retired.ts";
import { isJsonObject } from "../../resources/json.ts";
import type { ArraySchema, ObjectSchema, Schema } from "../../resources/schema/schema.ts";
import { ApiError } from "../error.ts";
import { elementText, fieldElement, itemElement, KEYLESS, pathText } from "./path-element.ts";
import { declares, fieldSchema, isItems } from "./shape.ts";

const MAX_REPORTED = 10;
const embeddedFields: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/**
 * Throws BadRequest for what cannot be applied because it could not be said who owns it: fields that the schema does
 * not know, and list elements that are there twice or cannot be told apart. Types are left to validation.
 */
export function checkApplied(applied: unknown, schema: ObjectSchema): void {
  const faults: string[] = [];
  visit(applied, schema, [], faults);
  if (faults.length === 0) return;
  const current = isJsonObject(applied) ? formerFields(String(applied["kind"]), applied) : undefined;
  if (current !== undefined) faults.unshift(current);
  const more = faults.length > MAX_REPORTED ? `, and ${faults.length - MAX_REPORTED} more` : "";
  throw new ApiError(
    "BadRequest",
    `the object cannot be applied: ${faults.slice(0, MAX_REPORTED).join(", ")}${more}`,
  );
}

function visit(value: unknown, schema: Schema | undefined, path: string[], faults: string[]): void {
  if (Array.isArray(value)) {
    if (isItems(schema)) visitItems(value, schema, path, faults);
    else if (schema?.type === "array") visitAtomic(value, schema.items, path, faults);
    return;
  }
  if (!isJsonObject(value) || (schema?.type !== "object" && schema?.type !== "map")) return;
  for (const name of Object.keys(value)) {
    const unknown = schema.type === "object" && !schema.open && !declares(schema, name);
    if (unknown && !(schema.embedded === true && embeddedFields.has(name))) {
      faults.push(`${pathText([...path, fieldElement(name)])}: field not declared in schema`);
    }
    within(value[name], fieldSchema(schema, name), fieldElement(name), path, faults);
  }
}

function visitAtomic(list: readonly unknown[], items: Schema, path: string[], faults: string[]): void {
  for (const [index, item] of list.entries()) within(item, items, `i:${index}`, path, faults);
}

function within(
  value: unknown,
  schema: Schema | undefined,
  element: string,
  path: string[],
  faults: string[],
): void {
  if (typeof value !== "object") return;
  path.push(element);
  visit(value, schema, path, faults);
  path.pop();
}

function visitItems(list: readonly unknown[], schema: ArraySchema, path: string[], faults: string[]): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const problem = itemProblem(item, schema);
    const element = problem === undefined ? itemElement(item, schema) : "";
    if (problem !== undefined) {
      faults.push(`${pathText(path)}: element ${index} ${problem}`);
      continue;
    }
    if (seen.has(element))
      faults.push(`${pathText(path)}: duplicate entries for key ${elementText(element)}`);
    seen.add(element);
    within(item, schema.items, element, path, faults);
  }
}

function itemProblem(item: unknown, schema: ArraySchema): string | undefined {
  if (schema.listType === "set") {
    return typeof item === "object" ? "must be a string, number or boolean: the list is a set" : undefined;
  }
  if (!isJsonObject(item)) return "must be an object: the list has keys";
  if (itemElement(item, schema) !== KEYLESS) return undefined;
  return `has none of the fields that tell elements apart: ${(schema.mapKeys ?? []).join(", ")}`;
}
