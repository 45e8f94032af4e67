import { CelError } from "../error.ts";
import { int } from "../numbers.ts";
import { fn, method, type Overload } from "../overload.ts";
import { BOOL, INT, SEMVER, STRING } from "../types.ts";
import { Opaque } from "../values.ts";

class Semver extends Opaque {
  readonly typeName = SEMVER.name;
  /** Major, minor, patch. */
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  equals(other: Semver): boolean {
    return order(this, other) === 0;
  }
}

const NUMBER = "(0|[1-9][0-9]{0,19})";
const PRERELEASE = "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
const FORM = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${PRERELEASE}(?:\\.${PRERELEASE})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);
/** No version needs more; the form above is tried on nothing longer. */
const MAX_LENGTH = 1000;

function semverOf(text: string, normalize: boolean): Semver | undefined {
  const match = text.length > MAX_LENGTH ? null : FORM.exec(normalize ? normalized(text) : text);
  if (match === null) {
    return undefined;
  }
  const numbers = [BigInt(match[1]!), BigInt(match[2]!), BigInt(match[3]!)] as const;
  return numbers.some((number) => BigInt.asUintN(64, number) !== number)
    ? undefined
    : new Semver(numbers, match[4]?.split(".") ?? []);
}

/** Without a leading `v` and leading zeros, with a minor and a patch number. */
function normalized(text: string): string {
  const [major, minor, ...patch] = text.replace(/^v/, "").split(".");
  const parts = [major!, minor, patch.length === 0 ? undefined : patch.join(".")].filter(
    (part) => part !== undefined,
  );
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) {
    return "";
  }
  const trimmed = parts.map((part) => part.replace(/^0+(?=\d)/, ""));
  return [...trimmed, "0", "0"].slice(0, 3).join(".");
}

function order(a: Semver, b: Semver): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index]!;
    if (number !== other) {
      return number < other ? -1 : 1;
    }
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length);
  }
  for (const [index, part] of a.prerelease.entries()) {
    const other = b.prerelease[index];
    if (other === undefined) {
      return 1;
    }
    const result = orderOfParts(part, other);
    if (result !== 0) {
      return result;
    }
  }
  return a.prerelease.length < b.prerelease.length ? -1 : 0;
}

/** Numbers come before words. */
function orderOfParts(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) {
    return Math.sign(Number(BigInt(a) - BigInt(b)));
  }
  return left === right ? (a < b ? -1 : a > b ? 1 : 0) : left ? -1 : 1;
}

function semver(text: string, normalize: boolean): Semver {
  const value = semverOf(text, normalize);
  if (value === undefined) {
    throw new CelError(`${JSON.stringify(text.slice(0, 100))} is not a semantic version`);
  }
  return value;
}

const number = (name: string, index: 0 | 1 | 2): Overload =>
  method(name, [SEMVER], INT, (_, value: Semver) => int(value.numbers[index]));

export function semvers(): Overload[] {
  return [
    fn("semver", [STRING], SEMVER, (_, text: string) => semver(text, false)),
    fn("semver", [STRING, BOOL], SEMVER, (_, text: string, normalize: boolean) => semver(text, normalize)),
    fn("isSemver", [STRING], BOOL, (_, text: string) => semverOf(text, false) !== undefined),
    fn(
      "isSemver",
      [STRING, BOOL],
      BOOL,
      (_, text: string, normalize: boolean) => semverOf(text, normalize) !== undefined,
    ),
    number("major", 0),
    number("minor", 1),
    number("patch", 2),
    method("isGreaterThan", [SEMVER, SEMVER], BOOL, (_, a: Semver, b: Semver) => order(a, b) > 0),
    method("isLessThan", [SEMVER, SEMVER], BOOL, (_, a: Semver, b: Semver) => order(a, b) < 0),
    method("compareTo", [SEMVER, SEMVER], INT, (_, a: Semver, b: Semver) => order(a, b)),
  ];
}
