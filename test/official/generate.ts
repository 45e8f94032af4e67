import type { ArraySchema, MapSchema, ObjectSchema, Schema } from "../../src/resources/schema/schema.ts";
import { validate } from "../../src/resources/schema/validate.ts";
import type { Random } from "../../fuzz/random.ts";
import type { Step } from "./schema-path.ts";
import { text } from "./strings.ts";

/** Attempts to satisfy the rules of a value by chance. */
const TRIES = 150;

/** A value that the schema accepts, or nearly: rules may ask for more than chance gives. */
export class Generator {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** @param steps What must be there. */
  make(schema: Schema, steps: readonly Step[] = []): unknown {
    switch (schema.type) {
      case "object":
        return this.object(schema, steps);
      case "map":
        return this.sound(schema, () => this.map(schema, steps));
      case "array":
        return this.sound(schema, () => this.array(schema, steps));
      case "string":
        return this.sound(schema, () => text(schema, this.random));
      case "integer":
      case "number": {
        if (schema.enum !== undefined) return this.random.pick(schema.enum);
        const { min = 0, max = Math.max(min, 1000) } = schema;
        return this.sound(schema, () => this.number(min, Math.min(max, 2 ** 31 - 1)));
      }
      case "boolean":
        return this.random.chance(0.5);
      case "intOrString":
        return this.random.chance(0.5) ? 80 : "http";
      case "any":
        return { any: [1, "thing"] };
    }
  }

  private number(min: number, max: number): number {
    const near = [min, min + 1, max, Math.min(max, 80), Math.min(max, 443)].filter((each) => each >= min);
    return this.random.chance(0.7) ? this.random.pick(near) : min + this.random.below(max - min + 1);
  }

  /** Tries until the value keeps its own rules; the last one otherwise. */
  private sound(schema: Schema, build: () => unknown): unknown {
    const ruled = schema.rules ?? schema.checks ?? schema.allOf ?? schema.anyOf ?? schema.oneOf ?? schema.not;
    const distinct = schema.type === "array" && schema.listType !== "atomic";
    let value = build();
    if (ruled === undefined && !distinct) return value;
    for (let tries = 0; tries < TRIES && validate(schema, value).errors.length > 0; tries++) value = build();
    return value;
  }

  private object(schema: ObjectSchema, steps: readonly Step[]): unknown {
    const [first, ...rest] = steps;
    const forced = typeof first === "object" ? first.field : undefined;
    const made = new Map<string, unknown>();
    const names = Object.keys(schema.fields);
    return this.sound(schema, () => {
      const share = this.random.pick([0, 0.1, 0.2, 0.4, 0.8]);
      const value: Record<string, unknown> = {};
      for (const name of names) {
        const field = schema.fields[name]!;
        const needed = name === forced || (field.optional !== true && field.default === undefined);
        if (!needed && !this.random.chance(share)) continue;
        const again = !made.has(name) || this.random.chance(0.3);
        if (again) made.set(name, this.make(field, name === forced ? rest : []));
        value[name] = made.get(name);
      }
      return value;
    });
  }

  /** The object with some fields taken out, and others as its rules name them. */
  shuffled(schema: ObjectSchema, value: Readonly<Record<string, unknown>>): unknown {
    const words = (schema.rules ?? []).flatMap(({ rule }) =>
      [...rule.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, one, other]) => one ?? other ?? ""),
    );
    const result: Record<string, unknown> = { ...value };
    for (const [name, field] of Object.entries(schema.fields)) {
      const fate = this.random.below(5);
      if (fate === 0) delete result[name];
      else if (fate === 1) result[name] = this.make(field);
      else if (fate === 2 && field.type === "string" && words.length > 0)
        result[name] = this.random.pick(words);
    }
    return result;
  }

  private map(schema: MapSchema, [, ...rest]: readonly Step[]): unknown {
    const count = Math.max(schema.minProperties ?? 0, rest.length > 0 ? 1 : this.random.pick([1, 2]));
    const names = ["example.com/a", "b", "c.d", "team", "tls.crt", "x", "y"];
    const start = this.random.below(names.length);
    const chosen = Array.from({ length: Math.min(count, names.length) }, (_, index) => {
      return names[(start + index) % names.length]!;
    });
    return Object.fromEntries(chosen.map((name) => [name, this.make(schema.values, rest)]));
  }

  private array(schema: ArraySchema, [step, ...rest]: readonly Step[]): unknown {
    const least = Math.max(schema.minItems ?? 0, step === undefined ? 0 : 1);
    const most = Math.min(schema.maxItems ?? Infinity, least + this.random.pick([0, 0, 1, 2]));
    return Array.from({ length: Math.max(least, most) }, (_, index) =>
      this.make(schema.items, index === 0 ? rest : []),
    );
  }
}
