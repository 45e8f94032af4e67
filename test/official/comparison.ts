import { toOpenApi } from "../../src/resources/schema/openapi.ts";
import type { Rule, Schema } from "../../src/resources/schema/schema.ts";
import { validate } from "../../src/resources/schema/validate.ts";
import { childrenOf } from "../../src/resources/schema/walk.ts";
import { Generator } from "./generate.ts";
import { mutations } from "./mutate.ts";
import { Random } from "../../fuzz/random.ts";
import { at, inner, nameOf, placeIn, replaced, stepsIn, type Step } from "./schema-path.ts";
import { difference, type Pair } from "./verdict.ts";

interface Options {
  readonly seed: number;
  /** Objects with several faults, besides those with one. */
  readonly several: number;
}

/** Shows two schemas objects with and without faults, and keeps what they do not agree on. */
export class Comparison {
  objects = 0;
  /** What differs and where → an example. */
  readonly differences = new Map<string, string>();
  readonly unreached: string[] = [];
  private readonly broken = new Set<string>();
  private readonly pair: Pair;
  private readonly several: number;
  private readonly random: Random;
  private readonly generator: Generator;
  private readonly transitions: boolean;

  constructor(pair: Pair, { seed, several }: Options) {
    this.pair = pair;
    this.several = several;
    this.random = new Random(seed);
    this.generator = new Generator(this.random);
    this.transitions = JSON.stringify([toOpenApi(pair.ours), toOpenApi(pair.official)]).includes("oldSelf");
  }

  run(): void {
    for (let times = 0; times < this.several; times++) this.severalFaults();
    for (const steps of stepsIn(this.pair.official)) {
      if (!isOfMeta(steps)) this.mutateAt(steps, this.pair.official);
    }
    for (const steps of stepsIn(this.pair.ours)) {
      if (isOfMeta(steps)) continue;
      const [own, other] = [inner(this.pair.ours, steps)!, inner(this.pair.official, steps)];
      if (other === undefined || limits(own) !== limits(other)) this.mutateAt(steps, this.pair.ours);
    }
  }

  /** Rules of the official schema that no object broke: nothing is known of them. */
  get unbroken(): readonly string[] {
    const messages = rulesIn(this.pair.official).map(
      ({ rule, message }) => message?.trim() ?? `failed rule: ${rule.trim()}`,
    );
    return [...new Set(messages)].filter((message) => !this.broken.has(message));
  }

  private mutateAt(steps: readonly Step[], source: Schema): void {
    const object = this.valid(source, steps);
    const path = placeIn(object, steps);
    if (object === undefined || path === undefined) {
      this.unreached.push(nameOf(steps));
      return;
    }
    const where = nameOf(steps);
    this.compare(where, "as it is", object);
    for (const { name, value } of mutations(inner(source, steps)!, at(object, path), this.generator)) {
      const changed = replaced(object, path, value);
      if (!this.compare(where, name, changed)) continue;
      if (!this.transitions) continue;
      this.compare(where, `changed to ${name}`, changed, object);
      this.compare(where, `changed from ${name}`, object, changed);
    }
  }

  /** An object with several mutations, which no single one would show. */
  private severalFaults(): void {
    const source = this.random.chance(0.5) ? this.pair.official : this.pair.ours;
    const before = this.generator.make(source);
    let object = before;
    const names: string[] = [];
    const all = [...stepsIn(source)].filter((steps) => !isOfMeta(steps));
    for (let times = this.random.below(4); times > 0; times--) {
      const steps = this.random.pick(all);
      const path = placeIn(object, steps);
      if (path === undefined || path.length === 0) continue;
      const mutation = this.random.pick(mutations(inner(source, steps)!, at(object, path), this.generator));
      object = replaced(object, path, mutation.value);
      names.push(`${nameOf(steps)} ${mutation.name}`);
    }
    this.compare("several", names.join("; "), object);
    if (names.length > 0) this.compare("several", `changed: ${names.join("; ")}`, object, before);
  }

  /** A valid object that has a value where the steps lead. */
  private valid(source: Schema, steps: readonly Step[]): unknown {
    for (let tries = 0; tries < 40; tries++) {
      const object = this.generator.make(source, steps);
      if (placeIn(object, steps) === undefined) continue;
      if (validate(source, object).errors.length === 0) return object;
    }
    return undefined;
  }

  /** Whether there was no difference. */
  private compare(where: string, name: string, object: unknown, previous?: unknown): boolean {
    this.objects++;
    const what = difference(this.pair, object, previous, this.broken);
    if (what === undefined) return true;
    const key = `${where}: ${what}`;
    if (!this.differences.has(key))
      this.differences.set(key, `${name}: ${JSON.stringify(object).slice(0, 600)}`);
    return false;
  }
}

function rulesIn(schema: Schema): readonly Rule[] {
  return [...(schema.rules ?? []), ...childrenOf(schema).flatMap(([child]) => rulesIn(child))];
}

/** The same for all kinds, and not described by their CRDs. */
function isOfMeta([step]: readonly Step[]): boolean {
  return typeof step === "object" && ["apiVersion", "kind", "metadata"].includes(step.field);
}

/** What a schema says of its own value. */
function limits(schema: Schema): string {
  const { description: _, properties, items: __, additionalProperties: ___, ...rest } = toOpenApi(schema);
  return JSON.stringify([
    Object.keys((properties as object | undefined) ?? {}).toSorted(),
    Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
