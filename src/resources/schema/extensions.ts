import { isJsonObject, type JsonObject } from "../json.ts";
import type { SchemaError } from "./from-openapi.ts";
import type { Path } from "./schema.ts";

const LIST_TYPE = "x-kubernetes-list-type";
const MAP_TYPE = "x-kubernetes-map-type";
const MAP_KEYS = "x-kubernetes-list-map-keys";

/** What is wrong in the `x-kubernetes-*` keywords that say how lists and maps are merged. */
export function extensionErrors(node: JsonObject, path: Path): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const fail: Fail = (at, message) => errors.push({ path: [...path, ...at], message });
  if (node["x-kubernetes-preserve-unknown-fields"] === false) {
    fail(["x-kubernetes-preserve-unknown-fields"], "Must be true or left out");
  }
  mapType(node, fail);
  listType(node, fail);
  return errors;
}

type Fail = (at: Path, message: string) => void;

function mapType(node: JsonObject, fail: Fail): void {
  const type = node[MAP_TYPE];
  if (type === undefined) return;
  if (type !== "atomic" && type !== "granular") fail([MAP_TYPE], 'Must be "atomic" or "granular"');
  if (node["type"] !== "object") fail(["type"], `Must be "object" where ${MAP_TYPE} is set`);
}

function listType(node: JsonObject, fail: Fail): void {
  const type = node[LIST_TYPE];
  const keys = (node[MAP_KEYS] as readonly string[] | undefined) ?? [];
  if (keys.length > 0 && type !== "map") fail([LIST_TYPE], `Must be "map" where ${MAP_KEYS} is set`);
  if (type === undefined) return;
  if (type !== "atomic" && type !== "set" && type !== "map") {
    fail([LIST_TYPE], 'Must be "atomic", "set" or "map"');
  }
  if (node["type"] !== "array") {
    fail(["type"], `Must be "array" where ${LIST_TYPE} is set`);
    return;
  }
  const { items } = node;
  if (!isJsonObject(items) || type === "atomic") return;
  if (items["nullable"] === true)
    fail(["items", "nullable"], `Items of a ${JSON.stringify(type)} cannot be null`);
  if (type === "set") setItems(items, fail);
  if (type === "map") mapItems(items, keys, fail);
}

function setItems(items: JsonObject, fail: Fail): void {
  const listed = items[LIST_TYPE];
  if (items["type"] === "array" && listed !== undefined && listed !== "atomic") {
    fail(["items", LIST_TYPE], 'Must be "atomic": items of a set are compared as a whole');
  }
  if (items["type"] === "object" && items[MAP_TYPE] !== "atomic") {
    fail(["items", MAP_TYPE], 'Must be "atomic": items of a set are compared as a whole');
  }
}

function mapItems(items: JsonObject, keys: readonly string[], fail: Fail): void {
  if (keys.length === 0) fail([MAP_KEYS], `Missing: names of the fields that tell items apart`);
  if (new Set(keys).size < keys.length) fail([MAP_KEYS], "The same name twice");
  if (items["type"] !== "object") {
    fail(["items", "type"], `Must be "object" where ${LIST_TYPE} is "map"`);
    return;
  }
  const properties = (items["properties"] as JsonObject | undefined) ?? {};
  const required = (items["required"] as readonly string[] | undefined) ?? [];
  for (const key of new Set(keys)) {
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const at = ["items", "properties", key];
    if (!isJsonObject(field)) {
      fail([MAP_KEYS], `Items have no field "${key}"`);
      continue;
    }
    if (field["type"] === "array" || field["type"] === "object") {
      fail([...at, "type"], "Must be a plain value: items are told apart by it");
    }
    const preset = field["default"];
    if (!required.includes(key) && (preset === undefined || preset === null)) {
      fail([...at, "default"], "Must be required or have a default: items are told apart by it");
    }
    if (field["nullable"] === true) fail([...at, "nullable"], "Cannot be null: items are told apart by it");
  }
}
