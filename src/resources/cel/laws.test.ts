import assert from "node:assert/strict";
import { test } from "node:test";

import * as fc from "fast-check";

import { Budget, Frame } from "./budget.ts";
import { compileExpression } from "./cel.ts";
import { compare } from "./equal.ts";
import { CelError } from "./error.ts";
import { escapeName } from "./escape.ts";
import { durationOf, durationText, timestampOf, timestampText } from "./time.ts";
import { int } from "./numbers.ts";
import { Duration, Timestamp } from "./values.ts";

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -20n, max: 20n }),
);

test("ints are those of 64 bits: exact, or an error", () => {
  const operations: [string, (a: bigint, b: bigint) => bigint][] = [
    ["+", (a, b) => a + b],
    ["-", (a, b) => a - b],
    ["*", (a, b) => a * b],
    ["/", (a, b) => a / b],
    ["%", (a, b) => a % b],
  ];
  const compiled = operations.map(
    ([operator, exact]) => [compileExpression(`a ${operator} b`, { a: "dyn", b: "dyn" }), exact] as const,
  );
  fc.assert(
    fc.property(int64, int64, fc.constantFrom(...compiled), (a, b, [expression, exact]) => {
      const run = (): unknown => expression.evaluate({ a: int(a), b: int(b) }, new Budget());
      const fits =
        b !== 0n || exact === operations[0]![1] || exact === operations[1]![1] || exact === operations[2]![1];
      const result = fits ? exact(a, b) : undefined;
      const overflow = result === undefined || BigInt.asIntN(64, result) !== result;
      // The remainder of the one quotient that does not exist is an error too.
      if (overflow || (exact === operations[4]![1] && a === -(2n ** 63n) && b === -1n)) {
        assert.throws(run, CelError);
      } else {
        assert.equal(run(), int(result));
      }
    }),
  );
});

/** Of one to four bytes of UTF-8, one and two units of UTF-16. */
const text = fc
  .array(fc.constantFrom("a", "b", "\u00e9", "\u4e2d", "\uffff", "\u{1f600}", "\u{10ffff}"), {
    maxLength: 12,
  })
  .map((points) => points.join(""));

test("strings are code points", () => {
  const size = compileExpression("s.size()", { s: "dyn" });
  const cut = compileExpression("s.substring(a, b)", { s: "dyn", a: "dyn", b: "dyn" });
  const find = compileExpression("s.indexOf(t)", { s: "dyn", t: "dyn" });
  fc.assert(
    fc.property(text, fc.nat(20), fc.nat(20), (s, x, y) => {
      const points = [...s];
      const [a, b] = [Math.min(x, y, points.length), Math.min(Math.max(x, y), points.length)];
      assert.equal(size.evaluate({ s }, new Budget()), points.length);
      const part = points.slice(a, b).join("");
      assert.equal(cut.evaluate({ s, a, b }, new Budget()), part);
      const at = find.evaluate({ s, t: part }, new Budget()) as number;
      assert.ok(part === "" ? at === 0 : at <= a && points.slice(at, at + b - a).join("") === part);
    }),
  );
});

test("strings are in the order of their UTF-8 bytes", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compare(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});

test("what writes a time reads as the same time", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }), (nanos) => {
      assert.equal(timestampOf(timestampText(new Timestamp(nanos)))?.nanos, nanos);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (millis) => {
      const nanos = BigInt(millis) * 1_000_000n;
      assert.equal(durationOf(durationText(new Duration(nanos)))?.nanos, nanos);
    }),
  );
});

test("no two property names are written the same, and each as an identifier", () => {
  const name = fc.stringMatching(/^(?:[a-c_./-]|__|in|if|namespace){1,6}$/);
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.match(escapeName(a) ?? "x", /^[A-Za-z_][A-Za-z0-9_]*$/);
      assert.ok(a === b || escapeName(a) !== escapeName(b) || escapeName(a) === undefined);
    }),
  );
});

test("a frame stops at its limit and knows what was used", () => {
  const frame = new Frame([], 10);
  frame.spend(4);
  frame.spendText(50);
  assert.equal(frame.used, 9);
  assert.throws(() => frame.spend(2), { exhausted: true });
});
