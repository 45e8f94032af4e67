import { isJsonObject } from "../../resources/json.ts";
import type { ArraySchema } from "../../resources/schema/schema.ts";
import { field } from "../patch/value.ts";

/**
 * Path elements as fieldsV1 writes them: `f:NAME` for a field, `k:{"name":"x"}` for an entry of a list by its keys
 * (sorted), `v:"x"` for a value of a set, `i:3` for an index. Equal elements are equal strings.
 */

export function fieldElement(name: string): string {
  return `f:${name}`;
}

interface KeyField {
  readonly name: string;
  /** `"name":` */
  readonly prefix: string;
  /** JSON of the default, or undefined. */
  readonly default: string | undefined;
}

const keyFieldsOf = new WeakMap<ArraySchema, readonly KeyField[]>();

function keyFields(schema: ArraySchema): readonly KeyField[] {
  let fields = keyFieldsOf.get(schema);
  if (fields === undefined) {
    const items = schema.items.type === "object" ? schema.items.fields : {};
    fields = [...(schema.mapKeys ?? [])].sort().map((name) => {
      const byDefault = Object.hasOwn(items, name) ? items[name]?.default : undefined;
      return {
        name,
        prefix: `${JSON.stringify(name)}:`,
        default: byDefault === undefined ? undefined : JSON.stringify(byDefault),
      };
    });
    keyFieldsOf.set(schema, fields);
  }
  return fields;
}

/** Of an item of a set or a map list. A key field that the item lacks counts with its default, if it has one. */
export function itemElement(item: unknown, schema: ArraySchema): string {
  if (schema.listType === "set") return `v:${JSON.stringify(item)}`;
  let keys = "";
  if (isJsonObject(item)) {
    for (const key of keyFields(schema)) {
      const value = field(item, key.name);
      const text = value === undefined ? key.default : JSON.stringify(value);
      if (text !== undefined) keys += (keys === "" ? "" : ",") + key.prefix + text;
    }
  }
  return `k:{${keys}}`;
}

/** Of an item that has none of its key fields, so that nothing tells it from others. */
export const KEYLESS = "k:{}";

/** The element as we write it, or undefined for a kind of element that we do not know. Throws when it is malformed. */
export function canonicalElement(text: string): string | undefined {
  if (text.startsWith("f:")) return text;
  if (text.startsWith("k:")) {
    const keys: unknown = JSON.parse(text.slice(2));
    if (!isJsonObject(keys)) throw new TypeError(`${text} is not an object of keys`);
    const names = Object.keys(keys).sort();
    return `k:{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(keys[name])}`).join(",")}}`;
  }
  if (text.startsWith("v:")) return `v:${JSON.stringify(JSON.parse(text.slice(2)))}`;
  if (text.startsWith("i:")) {
    if (!/^i:-?\d+$/.test(text)) throw new TypeError(`${text} is not an index`);
    return `i:${Number(text.slice(2))}`;
  }
  if (text.length < 2 || text[1] !== ":") throw new TypeError(`${text} is not a path element`);
  return undefined;
}

/** A path for people: `.spec.ports[port=80,protocol="TCP"].name`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join("");
}

export function elementText(element: string): string {
  const content = element.slice(2);
  if (element.startsWith("f:")) return `.${content}`;
  if (element.startsWith("v:")) return `[=${content}]`;
  if (element.startsWith("i:")) return `[${content}]`;
  const keys = JSON.parse(content) as Record<string, unknown>;
  return `[${Object.keys(keys)
    .map((name) => `${name}=${JSON.stringify(keys[name])}`)
    .join(",")}]`;
}
