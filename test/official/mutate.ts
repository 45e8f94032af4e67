import { isJsonObject } from "../../src/resources/json.ts";
import type { ArraySchema, MapSchema, ObjectSchema, Schema } from "../../src/resources/schema/schema.ts";
import type { Generator } from "./generate.ts";
import { telling } from "./strings.ts";

/** Another value in the place of a good one; undefined takes it out. */
export interface Mutation {
  readonly name: string;
  readonly value: unknown;
}

const OF_ANY_TYPE: readonly unknown[] = [null, "", "x", 7, 0, -1, 1.5, true, {}, [], [{}], [null], { x: 1 }];

/** What a value of the schema could be confused with: each rule of it is broken by one of these. */
export function mutations(schema: Schema, value: unknown, generator: Generator): readonly Mutation[] {
  return [
    { name: "missing", value: undefined },
    ...OF_ANY_TYPE.map((each) => ({ name: JSON.stringify(each), value: each })),
    ...ofType(schema, value, generator),
  ];
}

function ofType(schema: Schema, value: unknown, generator: Generator): readonly Mutation[] {
  switch (schema.type) {
    case "string":
      return [...telling, ...(schema.enum ?? []), ...lengths(schema.minLength, schema.maxLength)].map(
        asMutation,
      );
    case "integer":
    case "number": {
      const { min = 0, max = 0 } = schema;
      const bounds = [min - 1, min, min + 1, max - 1, max, max + 1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1];
      return [...bounds, ...(schema.enum ?? []), 301, 404, 503].map(asMutation);
    }
    case "array":
      return Array.isArray(value) ? ofList(schema, value, generator) : [];
    case "map":
      return isJsonObject(value) ? ofMap(schema, value, generator) : [];
    case "object":
      return isJsonObject(value) ? ofObject(schema, value, generator) : [];
    default:
      return [];
  }
}

function asMutation(value: unknown): Mutation {
  const shown = JSON.stringify(value);
  return { name: shown.length > 60 ? `${shown.slice(0, 20)}… (${shown.length})` : shown, value };
}

function lengths(min = 0, max?: number): readonly string[] {
  const counts = [min - 1, min, ...(max === undefined ? [] : [max, max + 1])].filter((count) => count >= 0);
  return counts.flatMap((count) => ["a".repeat(count), `/${"a".repeat(Math.max(0, count - 1))}`]);
}

function ofList(schema: ArraySchema, value: readonly unknown[], generator: Generator): readonly Mutation[] {
  const { minItems = 0, maxItems } = schema;
  const filled = (count: number) => Array.from({ length: count }, (_, index) => varied(value[0], index));
  const found: Mutation[] = [
    { name: "first item twice", value: [...value, value[0]] },
    { name: "one item less", value: value.slice(1) },
    { name: "another item", value: [...value, generator.make(schema.items)] },
    { name: "two other items", value: [generator.make(schema.items), generator.make(schema.items)] },
    { name: `${minItems} items`, value: filled(minItems) },
    { name: "a null among the items", value: [...value, null] },
  ];
  if (maxItems !== undefined && maxItems < 2000) {
    found.push({ name: `${maxItems} items`, value: filled(maxItems) });
    found.push({ name: `${maxItems + 1} items`, value: filled(maxItems + 1) });
  }
  return [...found, ...nearTwins(schema.items, value, generator)];
}

/** The first item and another one that differs from it in one field: what rules on lists tell apart. */
function nearTwins(items: Schema, value: readonly unknown[], generator: Generator): readonly Mutation[] {
  const [first] = value;
  if (items.type !== "object" || !isJsonObject(first)) return [];
  return Object.entries(items.fields).flatMap(([name, field]) => {
    const { [name]: given, ...rest } = first;
    const other = { ...first, [name]: generator.make(field) };
    return [
      ...(given === undefined ? [] : [{ name: `twins, one without ${name}`, value: [first, rest] }]),
      { name: `twins, another ${name}`, value: [first, other] },
      { name: `equal twins with ${name}`, value: [other, other] },
    ];
  });
}

/** Like the item, but with another name, so that it is no duplicate. */
function varied(item: unknown, index: number): unknown {
  if (typeof item === "string") return `${item}${index}`;
  if (typeof item === "number") return item + index;
  if (!isJsonObject(item)) return item;
  return typeof item["name"] === "string" ? { ...item, name: `${item["name"]}${index}` } : item;
}

function ofMap(
  schema: MapSchema,
  value: Readonly<Record<string, unknown>>,
  generator: Generator,
): readonly Mutation[] {
  const item = Object.values(value)[0] ?? generator.make(schema.values);
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, item]));
  const { minProperties = 0, maxProperties } = schema;
  return [
    ...telling.map((key) => ({ name: `key ${JSON.stringify(key.slice(0, 20))}`, value: { [key]: item } })),
    { name: `${minProperties} entries`, value: many(minProperties) },
    ...(maxProperties === undefined
      ? []
      : [maxProperties, maxProperties + 1].map((count) => ({
          name: `${count} entries`,
          value: many(count),
        }))),
  ];
}

/** Objects made for each object that has rules, out of the words that the rules look for. */
const SHUFFLES = 120;

function ofObject(
  schema: ObjectSchema,
  value: Readonly<Record<string, unknown>>,
  generator: Generator,
): readonly Mutation[] {
  const found: Mutation[] = [
    { name: "an unknown field", value: { ...value, unheardOf: { a: 1 } } },
    {
      name: "a field named __proto__",
      value: JSON.parse(`{"__proto__": 1, ${JSON.stringify(value).slice(1)}`.replace(", }", "}")),
    },
    { name: "another value", value: generator.make(schema) },
  ];
  for (let times = 0; schema.rules !== undefined && times < SHUFFLES; times++) {
    found.push({ name: "shuffled", value: generator.shuffled(schema, value) });
  }
  for (const [name, field] of Object.entries(schema.fields)) {
    const { [name]: given, ...rest } = value;
    if (given !== undefined) found.push({ name: `without ${name}`, value: rest });
    for (let times = 0; times < 3; times++) {
      found.push({ name: `with another ${name}`, value: { ...value, [name]: generator.make(field) } });
    }
    if (field.type === "string" && field.enum !== undefined) {
      for (const each of field.enum)
        found.push({ name: `${name} ${each}`, value: { ...value, [name]: each } });
    }
  }
  return found;
}
