import { isJsonObject } from "../../src/resources/json.ts";
import type { Path, Schema } from "../../src/resources/schema/schema.ts";

/** How to get from a schema to one inside it. */
export type Step = { readonly field: string } | "items" | "values";

/** All schemas inside a schema, itself first. */
export function* stepsIn(schema: Schema, steps: readonly Step[] = []): Generator<readonly Step[]> {
  yield steps;
  if (schema.type === "object") {
    for (const [name, field] of Object.entries(schema.fields))
      yield* stepsIn(field, [...steps, { field: name }]);
  } else if (schema.type === "array") yield* stepsIn(schema.items, [...steps, "items"]);
  else if (schema.type === "map") yield* stepsIn(schema.values, [...steps, "values"]);
}

export function inner(schema: Schema, steps: readonly Step[]): Schema | undefined {
  let at: Schema | undefined = schema;
  for (const step of steps) {
    if (step === "items") at = at?.type === "array" ? at.items : undefined;
    else if (step === "values") at = at?.type === "map" ? at.values : undefined;
    else
      at = at?.type === "object" && Object.hasOwn(at.fields, step.field) ? at.fields[step.field] : undefined;
  }
  return at;
}

export function nameOf(steps: readonly Step[]): string {
  return steps
    .map((step) => (step === "items" ? "[]" : step === "values" ? "{}" : `.${step.field}`))
    .join("");
}

/** Where the steps lead in a value: to the first item or entry of each list or map. */
export function placeIn(value: unknown, steps: readonly Step[]): Path | undefined {
  const path: (string | number)[] = [];
  let at = value;
  for (const step of steps) {
    const key = keyFor(at, step);
    if (key === undefined || typeof at !== "object" || at === null || !Object.hasOwn(at, key))
      return undefined;
    path.push(key);
    at = (at as Record<string | number, unknown>)[key];
  }
  return path;
}

function keyFor(at: unknown, step: Step): string | number | undefined {
  if (step === "items") return Array.isArray(at) ? 0 : undefined;
  if (!isJsonObject(at)) return undefined;
  return step === "values" ? Object.keys(at)[0] : step.field;
}

export function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) found = (found as Record<string | number, unknown>)[key];
  return found;
}

/** A copy with another value at the path; undefined takes it out. */
export function replaced(value: unknown, path: Path, by: unknown): unknown {
  if (path.length === 0) return by;
  const copy = structuredClone(value);
  const parent = at(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const last = path.at(-1)!;
  if (by !== undefined) parent[last] = by;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}
