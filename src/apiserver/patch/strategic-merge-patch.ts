import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { ObjectSchema, Schema } from "../../resources/schema/schema.ts";
import { ApiError } from "../error.ts";
import { mergeList, orderList } from "./strategic-list.ts";
import { checkDepth, type Draft, field, setField } from "./value.ts";

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETE_FROM = "$deleteFromPrimitiveList/";
const SET_ORDER = "$setElementOrder/";

/**
 * Applies a strategic merge patch: a merge patch in which lists are merged as the schema says (`patchMergeKey`,
 * `patchMerge`) and which may carry directives. The result shares with both what did not change.
 *
 * As in kube-apiserver, a directive takes effect only where the object has something to apply it to.
 *
 * @throws ApiError BadRequest when the patch is malformed.
 */
export function applyStrategicMergePatch(
  document: JsonObject,
  patch: unknown,
  schema: ObjectSchema,
): JsonObject {
  if (!isJsonObject(patch)) {
    throw new ApiError("BadRequest", "the strategic merge patch must be a JSON object");
  }
  checkDepth(patch, "the strategic merge patch");
  return mergeObject(document, patch, schema, "");
}

/** `path` is for messages: `.spec.ports`. */
export function mergeObject(
  original: JsonObject,
  patch: JsonObject,
  schema: Schema | undefined,
  path: string,
): JsonObject {
  const directive = field(patch, DIRECTIVE);
  if (directive !== undefined) {
    if (directive === "delete") return {};
    if (directive === "replace") return withoutDirectives(patch);
    throw badPatch(
      path,
      `unknown directive "${DIRECTIVE}: ${JSON.stringify(directive)}"; allowed are delete and replace`,
    );
  }
  const merged: Draft = { ...original };
  retainKeys(merged, patch, path);
  const ordered = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(SET_ORDER)) continue;
    const name = key.slice(SET_ORDER.length);
    const order = listOf(patch[key], `${path}.${key}`);
    ordered.add(name);
    applyOrder(merged, patch, name, order, childSchema(schema, name), `${path}.${name}`);
  }
  for (const key of Object.keys(patch)) {
    if (isDirective(key) || ordered.has(key)) continue;
    mergeField(merged, key, patch[key], childSchema(schema, key), `${path}.${key}`);
  }
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(DELETE_FROM)) continue;
    const name = key.slice(DELETE_FROM.length);
    const removed = new Set(scalarsOf(patch[key], `${path}.${key}`));
    const list = field(merged, name);
    if (Array.isArray(list))
      setField(
        merged,
        name,
        list.filter((item) => !removed.has(item)),
      );
  }
  return merged;
}

function mergeField(
  merged: Draft,
  name: string,
  value: unknown,
  schema: Schema | undefined,
  path: string,
): void {
  if (value === null) {
    Reflect.deleteProperty(merged, name);
    return;
  }
  const original = field(merged, name);
  if (isJsonObject(original) && isJsonObject(value)) {
    setField(merged, name, mergeObject(original, value, schema, path));
  } else if (Array.isArray(original) && Array.isArray(value)) {
    setField(merged, name, mergeList(original, value, schema, path));
  } else if (isJsonObject(value) && Object.hasOwn(value, DIRECTIVE)) {
    Reflect.deleteProperty(merged, name);
  } else {
    setField(merged, name, withoutDirectives(value));
  }
}

function applyOrder(
  merged: Draft,
  patch: JsonObject,
  name: string,
  order: readonly unknown[],
  schema: Schema | undefined,
  path: string,
): void {
  const original = field(merged, name);
  const change = field(patch, name);
  if (original === undefined && change === undefined) return;
  const list = orderList(
    original === undefined ? undefined : listOf(original, path),
    change === undefined ? undefined : listOf(change, path),
    order,
    schema,
    path,
  );
  setField(merged, name, list);
}

/** `$retainKeys` lists all fields that remain. */
function retainKeys(merged: Draft, patch: JsonObject, path: string): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const kept = new Set(scalarsOf(patch[RETAIN_KEYS], `${path}.${RETAIN_KEYS}`));
  for (const key of Object.keys(patch)) {
    if (isDirective(key) || patch[key] === null || kept.has(key)) continue;
    throw badPatch(path, `the patch sets "${key}", which its ${RETAIN_KEYS} does not list`);
  }
  for (const key of Object.keys(merged)) if (!kept.has(key)) Reflect.deleteProperty(merged, key);
}

/**
 * A value of the patch for a place where the object has none: nulls and directives have nothing to act on there,
 * and what carries `$patch` is left out.
 */
export function withoutDirectives(value: JsonObject): JsonObject;
export function withoutDirectives(value: unknown): unknown;
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((item) => !hasDirective(item)).map((item) => withoutDirectives(item));
  if (!isJsonObject(value)) return value;
  const plain: Draft = {};
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (inner === null || isDirective(key) || hasDirective(inner)) continue;
    setField(plain, key, withoutDirectives(inner));
  }
  return plain;
}

export function hasDirective(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, DIRECTIVE);
}

export function badPatch(path: string, problem: string): ApiError {
  return new ApiError(
    "BadRequest",
    `strategic merge patch: ${path === "" ? "the object" : path}: ${problem}`,
  );
}

function isDirective(key: string): boolean {
  return key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(SET_ORDER);
}

function listOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw badPatch(path, "must be a list");
}

function scalarsOf(value: unknown, path: string): readonly unknown[] {
  const list = listOf(value, path);
  if (list.some((item) => typeof item === "object")) {
    throw badPatch(path, "must be a list of strings, numbers or booleans");
  }
  return list;
}

function childSchema(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema?.type === "map") return schema.values;
  if (schema?.type !== "object" || !Object.hasOwn(schema.fields, name)) return undefined;
  return schema.fields[name];
}
