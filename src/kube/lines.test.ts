import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { LineSplitter } from "./lines.ts";

/** Lines of the text when it arrives in these pieces. */
function split(bytes: Buffer, cuts: readonly number[], most = 1_000_000): { lines: string[]; open: boolean } {
  const lines: string[] = [];
  const splitter = new LineSplitter(most, (line) => lines.push(line));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < places.length; index++) {
    splitter.push(bytes.subarray(places[index - 1], places[index]));
  }
  return { lines, open: splitter.isOpen };
}

test("wherever a stream is cut, its lines are the same", () => {
  const text = fc.array(fc.string({ unit: "binary" }), { maxLength: 20 }).map((parts) => parts.join("\n"));
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 30 }), (stream, cuts) => {
      const bytes = Buffer.from(stream);
      const whole = bytes.toString().split("\n");
      const last = whole.pop()!;
      const { lines, open } = split(bytes, cuts);
      assert.deepEqual(
        lines,
        whole.filter((line) => line.trim() !== ""),
      );
      assert.equal(open, last !== "");
    }),
  );
});

test("a line may be as long as the limit, and not longer", () => {
  assert.deepEqual(split(Buffer.from("12345\n12345"), [], 5), { lines: ["12345"], open: true });
  for (const cuts of [[], [2], [3, 5], [5]]) {
    assert.throws(() => split(Buffer.from("123456\n"), cuts, 5), { reason: "TooLarge" });
    assert.throws(() => split(Buffer.from("1\n23456789"), cuts, 5), { reason: "TooLarge" });
  }
});
