import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderBlock } from "./block.ts";
import { floods } from "./fault.ts";
import { frameBytes } from "./frame.ts";
import { maxBlockBytes, maxBlockFrames } from "./limits.ts";

/** Adds the parts as frames of one block; the buffer that they come in is used again, as those of sockets are. */
function join(block: HeaderBlock, parts: readonly string[]): string | undefined {
  const shared = Buffer.alloc(frameBytes);
  block.begin(1, true, false);
  for (const [index, part] of parts.entries()) {
    shared.write(part, 0, "latin1");
    const fault = block.add(shared, 0, part.length, index === parts.length - 1);
    if (fault !== undefined) return fault.message;
    if (index < parts.length - 1) shared.fill("!");
  }
  return block.bytes!.toString("latin1", block.start, block.end);
}

test("a block is the same in however many frames it comes, and the next one has nothing of it", () => {
  const block = new HeaderBlock();
  assert.equal(join(block, ["abcdef"]), "abcdef");
  assert.equal(join(block, ["abc", "def"]), "abcdef");
  assert.equal(join(block, ["", "abc", "", "def", ""]), "abcdef");
  assert.equal(join(block, [""]), "");
  assert.equal(join(block, ["x"]), "x");
});

test("a block has so many frames and so many bytes, and not one more", () => {
  const full = Array.from({ length: maxBlockBytes / frameBytes }, () => "x".repeat(frameBytes));
  assert.equal(join(new HeaderBlock(), full)?.length, maxBlockBytes);
  assert.equal(join(new HeaderBlock(), [...full, "y"]), floods.headerBlock.message);
  const many = Array.from({ length: maxBlockFrames }, () => "x");
  assert.equal(join(new HeaderBlock(), many)?.length, maxBlockFrames);
  assert.equal(join(new HeaderBlock(), [...many, ""]), floods.continuation.message);
});
