import { isJsonObject, type JsonObject } from "../json.ts";
import type { Column } from "../kind.ts";
import { ageOf } from "./age.ts";

/** Reads objects for `kubectl get`: whatever is absent or of another type is empty. */
export function part(object: JsonObject, ...names: readonly string[]): JsonObject {
  let at: JsonObject = object;
  for (const name of names) {
    const next = at[name];
    if (!isJsonObject(next)) return {};
    at = next;
  }
  return at;
}

export function parts(object: JsonObject, name: string): readonly JsonObject[] {
  const list = object[name];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

export function text(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}

export function texts(object: JsonObject, name: string): readonly string[] {
  const list = object[name];
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

export function count(object: JsonObject, name: string): number {
  const value = object[name];
  return typeof value === "number" ? value : 0;
}

export function orNone(value: string): string {
  return value === "" ? "<none>" : value;
}

/** `a=b,c=d` by name. */
export function labelText(labels: JsonObject): string {
  return orNone(
    Object.keys(labels)
      .sort()
      .map((name) => `${name}=${String(labels[name])}`)
      .join(","),
  );
}

/** A label selector as `kubectl get -l` would take it. */
export function selectorText(selector: JsonObject): string {
  const equal = Object.entries(part(selector, "matchLabels")).map(([key, value]) => ({
    key,
    text: `${key}=${String(value)}`,
  }));
  const others = parts(selector, "matchExpressions").map((one) => ({
    key: text(one, "key"),
    text: requirementText(text(one, "key"), text(one, "operator"), texts(one, "values")),
  }));
  return [...equal, ...others]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map((one) => one.text)
    .join(",");
}

function requirementText(key: string, operator: string, values: readonly string[]): string {
  if (operator === "Exists") return key;
  if (operator === "DoesNotExist") return `!${key}`;
  return `${key} ${operator === "In" ? "in" : "notin"} (${[...values].sort().join(",")})`;
}

/** The first few of a list, and how many more there are. */
export function shortList(list: readonly string[], empty: string): string {
  const MOST = 3;
  if (list.length <= MOST) return list.length === 0 ? empty : list.join(",");
  return `${list.slice(0, MOST).join(",")} + ${list.length - MOST} more...`;
}

export const age: Column = {
  name: "Age",
  type: "string",
  description: "Time since the object was created.",
  cell: (object, now) => ageOf(part(object, "metadata")["creationTimestamp"], now),
};

type Cell = NonNullable<Column["cell"]>;

export function column(name: string, description: string, cell: Cell): Column {
  return { name, type: "string", description, cell };
}

export function integerColumn(name: string, description: string, cell: Cell): Column {
  return { name, type: "integer", description, cell };
}

/** With `-o wide` only. */
export function wideColumn(name: string, description: string, cell: Cell): Column {
  return { name, type: "string", description, priority: 1, cell };
}

/** The name, with a mark on the object that is the default of its kind. Stands in for the one of the table. */
export function nameColumn(defaultAnnotation: string): Column {
  return {
    ...column("Name", "Name of the object.", (object) => {
      const name = text(part(object, "metadata"), "name");
      return part(object, "metadata", "annotations")[defaultAnnotation] === "true"
        ? `${name} (default)`
        : name;
    }),
    format: "name",
  };
}

const containers = (object: JsonObject, name: string) =>
  parts(part(object, "spec", "template", "spec"), "containers")
    .map((one) => text(one, name))
    .join(",");

/** Of workloads: what their pods run. */
export const templateColumns: readonly Column[] = [
  wideColumn("Containers", "Names of the containers.", (object) => containers(object, "name")),
  wideColumn("Images", "Images of the containers.", (object) => containers(object, "image")),
];
