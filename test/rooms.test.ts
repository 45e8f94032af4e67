import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readImports, roomOf } from "./imports.ts";
import { composers, rooms } from "./rooms.ts";

const src = fileURLToPath(new URL("../src", import.meta.url));
const imports = readImports(src);

test("every folder of src is a room of the table, with a door", () => {
  const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const room = rooms[name];
    assert.ok(room, `src/${name} is not in test/rooms.ts`);
    if (room.vocabulary === undefined && name !== "cli") {
      assert.ok(existsSync(join(src, name, `${name}.ts`)), `src/${name} has no door ${name}.ts`);
    }
  }
  assert.deepEqual(Object.keys(rooms).sort(), folders.map(({ name }) => name).sort());
});

test("imports follow the table", () => {
  const wrong = imports.filter(({ from, to }) => {
    const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
    if (fromRoom === toRoom || toRoom === "std") return false;
    if (fromRoom === "") return !composers.includes(from);
    return rooms[fromRoom]?.mayImport.includes(toRoom) !== true;
  });
  assert.deepEqual(wrong, [], "these arrows are not in the table of test/rooms.ts");
});

test("other rooms import a room's door only", () => {
  const wrong = imports.filter(({ from, to }) => {
    const toRoom = roomOf(to);
    if (roomOf(from) === toRoom || rooms[toRoom]?.vocabulary === true) return false;
    if (toRoom === "cli") return !composers.includes(from);
    return to !== `${toRoom}/${toRoom}.ts`;
  });
  assert.deepEqual(wrong, [], "these go around a door");
});

test("translate is pure: no clock, no randomness, no input or output", () => {
  for (const file of readdirSync(join(src, "translate"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(src, "translate", file), "utf8");
    const impure =
      /from "node:|Date\.now|new Date\(\)|Math\.random|performance\.|process\.|setTimeout|fetch\(/.exec(text);
    assert.equal(impure, null, `translate/${file}: ${impure?.[0]}`);
  }
});

test("files stay within 400 lines", () => {
  const root = join(src, "..");
  for (const folder of ["src", "test", "bench", "tools", "fuzz"]) {
    if (!existsSync(join(root, folder))) continue;
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.(ts|mjs)$/.test(file)) continue;
      const lines = readFileSync(join(root, folder, file), "utf8").split("\n").length - 1;
      assert.ok(lines <= 400, `${folder}/${file} has ${lines} lines: which concept is missing?`);
    }
  }
});
