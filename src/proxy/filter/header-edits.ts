/** The fields of a head by lower-case name; repeated lines joined by `,`. */
interface Fields {
  get(lowerName: string): string | undefined;
}

/** Those of an answer of our own: there is nothing that a filter could add to. */
export const NO_FIELDS: Fields = { get: () => undefined };

/** A value that goes behind those which the message brings: `a` and `b` become `a,b`. */
export interface JoinedField {
  /** As it is written into the head. */
  readonly name: string;
  readonly lowerName: string;
  /** The separator, then what is added; bytes as latin1. */
  readonly tail: string;
}

/**
 * Changes to a header section, ready to be applied to a head that is copied line by line: leave out every
 * line that `drops`, then write `lines`. Filters of several levels are one such object.
 */
export class HeaderEdits {
  /** Lower-case names whose lines are left out: removed, replaced, or written again by `lines`. */
  readonly dropped: ReadonlySet<string>;
  /** Bit `n`: a dropped name has `n` characters (31: or more). Spares most lines the look into the set. */
  readonly droppedLengths: number;
  /** Ready-made lines `Name: value\r\n`; bytes as latin1. */
  readonly fixed: string;
  readonly joined: readonly JoinedField[];

  constructor(dropped: ReadonlySet<string>, fixed: string, joined: readonly JoinedField[]) {
    this.dropped = dropped;
    this.fixed = fixed;
    this.joined = joined;
    let lengths = 0;
    for (const name of dropped) lengths |= lengthBit(name.length);
    this.droppedLengths = lengths;
  }

  /** Can a line be dropped whose name has so many characters? False needs no lower-casing of the name. */
  mayDrop(nameLength: number): boolean {
    return (this.droppedLengths & lengthBit(nameLength)) !== 0;
  }

  drops(lowerName: string): boolean {
    return this.dropped.has(lowerName);
  }

  /** The same edits and one more field. `replaced`: lower-case name whose lines give way to it; "" for none. */
  with(line: string, replaced: string): HeaderEdits {
    const dropped = replaced === "" ? this.dropped : new Set(this.dropped).add(replaced);
    return new HeaderEdits(dropped, this.fixed + line, this.joined);
  }

  /** What to write after the copied lines; `fields` are those of the message as it came. */
  lines(fields: Fields): string {
    let lines = this.fixed;
    for (let i = 0; i < this.joined.length; i++) {
      const { name, lowerName, tail } = this.joined[i]!;
      const value = fields.get(lowerName);
      lines += `${name}: ${value === undefined || value === "" ? withoutSeparator(tail) : value + tail}\r\n`;
    }
    return lines;
  }
}

/** The edits of `first`, and then those of `second`, as one. */
export function mergeEdits(first: HeaderEdits, second: HeaderEdits): HeaderEdits {
  if (first === NO_EDITS) return second;
  if (second === NO_EDITS) return first;
  const kept = first.fixed
    .split(/(?<=\r\n)/)
    .filter((line) => !second.drops(line.slice(0, line.indexOf(":")).toLowerCase()));
  const joined = first.joined.filter(({ lowerName }) => !second.drops(lowerName));
  return new HeaderEdits(new Set([...first.dropped, ...second.dropped]), kept.join("") + second.fixed, [
    ...joined,
    ...second.joined,
  ]);
}

/** Nothing to do; compare with `===`. */
export const NO_EDITS = new HeaderEdits(new Set(), "", []);

/** The same for a list of fields: `[name, value]` in the order of the message. */
export function applyEdits(
  edits: HeaderEdits,
  fields: readonly (readonly [name: string, value: string])[],
): [name: string, value: string][] {
  const values = new Map<string, string>();
  const kept: [string, string][] = [];
  for (const [name, value] of fields) {
    const lowerName = name.toLowerCase();
    const earlier = values.get(lowerName);
    values.set(lowerName, earlier === undefined ? value : `${earlier},${value}`);
    if (!edits.drops(lowerName)) kept.push([name, value]);
  }
  for (const line of edits.lines(values).split("\r\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) kept.push([line.slice(0, colon), line.slice(colon + 2)]);
  }
  return kept;
}

const LAST_BIT = 31;

function lengthBit(length: number): number {
  return 1 << Math.min(length, LAST_BIT);
}

function withoutSeparator(tail: string): string {
  return tail.replace(/^[,;] ?/, "");
}
