import { link, unlink, type Chained } from "./chain.ts";
import { HASH_SEED, hashText, mix } from "./hash.ts";
import type { Probe } from "./probe.ts";
import { insertSorted, removeSorted } from "./precedence.ts";
import type { CompiledMatch } from "./rule.ts";

/** The matches that demand exactly the same values. They differ in regular expressions, if at all. */
class Values implements Chained<Values> {
  readonly key: number;
  readonly matches: CompiledMatch[];
  next: Values | undefined = undefined;

  constructor(key: number, match: CompiledMatch) {
    this.key = key;
    this.matches = [match];
  }
}

/**
 * Matches under one path and method that look at the same names ("tuple space search"): the values of
 * a request are hashed once and found at once, however many values the matches tell apart. All have
 * the same number of header and of query tests, so a shape as a whole comes before or after another.
 */
export class Shape {
  readonly signature: string;
  readonly headerCount: number;
  readonly queryCount: number;
  private readonly model: CompiledMatch;
  private readonly table = new Map<number, Values>();
  size = 0;

  constructor(model: CompiledMatch) {
    this.signature = model.conditions.signature;
    this.headerCount = model.headerCount;
    this.queryCount = model.queryCount;
    this.model = model;
  }

  add(match: CompiledMatch): void {
    this.size++;
    const key = keyOf(match);
    const values = this.values(key, match);
    if (values === undefined) link(this.table, new Values(key, match));
    else insertSorted(values.matches, match);
  }

  remove(match: CompiledMatch): void {
    const values = this.values(keyOf(match), match);
    if (values === undefined || !removeSorted(values.matches, match)) return;
    this.size--;
    if (values.matches.length === 0) unlink(this.table, values);
  }

  /** The first match of this shape that the request meets. */
  find(probe: Probe): CompiledMatch | undefined {
    let key = HASH_SEED;
    const { headers, query } = this.model.conditions;
    for (let i = 0; i < headers.length; i++) {
      const value = probe.fields.get(headers[i]!.name);
      if (value === undefined) return undefined;
      key = mix(hashText(key, value), SEPARATOR);
    }
    for (let i = 0; i < query.length; i++) {
      const value = probe.parameter(query[i]!.name);
      if (value === undefined) return undefined;
      key = mix(hashText(key, value), SEPARATOR);
    }
    for (let values = this.table.get(key); values !== undefined; values = values.next) {
      const { matches } = values;
      probe.inspected++;
      if (!matches[0]!.conditions.valuesHold(probe)) continue;
      for (let i = 0; i < matches.length; i++) {
        probe.inspected++;
        if (matches[i]!.conditions.patternsHold(probe)) return matches[i];
      }
    }
    return undefined;
  }

  private values(key: number, match: CompiledMatch): Values | undefined {
    let values = this.table.get(key);
    while (values !== undefined && !sameValues(values.matches[0]!, match)) values = values.next;
    return values;
  }
}

/** Between values in the hash, so that `ab`,`c` and `a`,`bc` differ. No character has this code. */
const SEPARATOR = 0x10000;

function keyOf(match: CompiledMatch): number {
  let key = HASH_SEED;
  for (const test of match.conditions.headers) key = mix(hashText(key, test.value), SEPARATOR);
  for (const test of match.conditions.query) key = mix(hashText(key, test.value), SEPARATOR);
  return key;
}

function sameValues(a: CompiledMatch, b: CompiledMatch): boolean {
  return (
    a.conditions.headers.every((test, i) => test.value === b.conditions.headers[i]?.value) &&
    a.conditions.query.every((test, i) => test.value === b.conditions.query[i]?.value)
  );
}
