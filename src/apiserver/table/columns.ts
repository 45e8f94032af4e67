import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Column } from "../../resources/kind.ts";
import { isBuiltInGroup } from "../openapi/packages.ts";
import type { ServedKind } from "../registry.ts";
import { dateCell } from "./age.ts";
import { parseJsonPath, type JsonPath } from "./json-path.ts";

/** A column, ready to fill. */
export interface Filled {
  readonly definition: JsonObject;
  cell(object: JsonObject, now: Date): unknown;
}

const created = "When the object was created, on the clock of the server.";

const name: Filled = {
  definition: {
    name: "Name",
    type: "string",
    format: "name",
    description: "Unique within its namespace, or in the cluster for kinds that have none.",
    priority: 0,
  },
  cell: (object) => metadataOf(object)["name"] ?? "",
};

const createdAt: Filled = {
  definition: { name: "Created At", type: "date", format: "", description: created, priority: 0 },
  cell: (object) => metadataOf(object)["creationTimestamp"] ?? null,
};

const ageColumn: Column = {
  name: "Age",
  type: "date",
  description: created,
  path: ".metadata.creationTimestamp",
};

const kept = new WeakMap<ServedKind["version"], readonly Filled[]>();

/**
 * NAME and the columns of the kind; the default for a kind that has none: AGE for custom kinds, CREATED AT for
 * built-in ones. Compiled once.
 */
export function columnsOf({ kind, version }: ServedKind): readonly Filled[] {
  const known = kept.get(version);
  if (known !== undefined) return known;
  const own = version.columns.map(fill);
  if (own.length === 0) own.push(isBuiltInGroup(kind.group) ? createdAt : fill(ageColumn));
  const columns = [name, ...own];
  kept.set(version, columns);
  return columns;
}

function fill(column: Column): Filled {
  const { path, cell } = column;
  const description =
    column.description ??
    (path === undefined ? "" : `Custom resource definition column (in JSONPath format): ${path}`);
  const definition = {
    name: column.name,
    type: column.type,
    format: column.format ?? "",
    description,
    priority: column.priority ?? 0,
  };
  if (cell !== undefined) return { definition, cell: (object, now) => guarded(() => cell(object, now)) };
  const find = path === undefined ? nowhere : compiled(path);
  return {
    definition,
    cell(object, now) {
      const found = find(object);
      return found === undefined || found.length === 0 ? null : cellOf(column.type, found[0], now);
    },
  };
}

const nowhere: JsonPath = () => [];

/** A path that nobody can read leaves its cells empty: objects must stay listable. */
function compiled(path: string): JsonPath {
  try {
    return parseJsonPath(path);
  } catch {
    return nowhere;
  }
}

/** Cells in code may stumble over objects that a looser schema let in. */
function guarded(cell: () => unknown): unknown {
  try {
    return cell();
  } catch {
    return null;
  }
}

/** apiextensions' cell for a value: texts take anything, the other types only their own. */
function cellOf(type: Column["type"], value: unknown, now: Date): unknown {
  switch (type) {
    case "string":
      return textOf(value);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      return typeof value === "string" ? dateCell(value, now) : null;
    default:
      return null;
  }
}

/** Lists and objects as compact JSON with sorted keys and without `<`, `>` and `&`: what Go writes. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "<no value>";
  if (typeof value === "string") return value;
  if (typeof value !== "object") return `${value as number | boolean}`;
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

export function metadataOf(object: JsonObject): JsonObject {
  const metadata = object["metadata"];
  return isJsonObject(metadata) ? metadata : {};
}
