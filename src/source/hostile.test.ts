import assert from "node:assert/strict";
import { symlinkSync, truncateSync } from "node:fs";
import { test, type TestContext } from "node:test";
import * as fc from "fast-check";
import { decode } from "./decode.ts";
import { config, Folder, Following } from "./testing.ts";

/** Long enough for a slow machine, far too short for anything that grows faster than its input, milliseconds. */
const AT_ONCE_MS = 10_000;

async function openText(t: TestContext, text: string | Uint8Array): Promise<Following> {
  const folder = new Folder(t, { "good.yaml": config("good") });
  folder.write("bad.yaml", text);
  const start = performance.now();
  const following = await Following.open(t, [folder.path]);
  assert.ok(performance.now() - start < AT_ONCE_MS);
  assert.deepEqual(following.keys, ["ConfigMap/default/good"]);
  return following;
}

test("Billion laughs are cut short", async (t) => {
  const laughs = Array.from({ length: 12 }, (_, level) => {
    const below = level === 0 ? "ha" : Array.from({ length: 10 }, () => `*l${level - 1}`).join(", ");
    return `l${level}: &l${level} [${below}]`;
  });
  const following = await openText(
    t,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${laughs.join("\n")}\n`,
  );
  assert.match(following.problems.join(), /bad\.yaml:8:\d+: Aliases stand for more than 10000 values/);
});

test("An alias to its own container is refused", async (t) => {
  const following = await openText(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, x: *m}\n");
  assert.match(following.problems.join(), /bad\.yaml:3:27: &m contains itself/);
});

/** Of a kind whose texts have no limit of their own. */
function item(name: string, size: number) {
  const labels = { app: name };
  const containers = [{ name: "main", image: "image", args: ["x".repeat(size)] }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

test("Objects of more than 3 MiB are refused, lists of small ones are not", async (t) => {
  const big = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "${"x".repeat(3 * 1024 * 1024)}"}\n`;
  const following = await openText(t, big);
  assert.match(following.problems.join(), /bad\.yaml:1:1: Object is too large/);
  const half = 2 * 1024 * 1024;
  const list = {
    apiVersion: "v1",
    kind: "List",
    items: [item("a", half), item("b", half), item("c", 2 * half)],
  };
  const { entries } = decode(JSON.stringify(list));
  assert.deepEqual(
    entries.map(({ key, object }) => [key, object !== undefined]),
    [
      ["Deployment/default/a", true],
      ["Deployment/default/b", true],
      ["Deployment/default/c", false],
    ],
  );
});

test("Many keys cost no more than their number; duplicates are refused", async (t) => {
  const keys = Array.from({ length: 50_000 }, (_, index) => `  k${index}: v`).join("\n");
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${keys}\n  k7: again\n`;
  const following = await openText(t, text);
  assert.match(following.problems.join(), /bad\.yaml:50005:3: Duplicate key "k7"/);
});

test("A duplicate kind hints at the forgotten marker", async (t) => {
  const following = await openText(
    t,
    "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\nkind: ConfigMap\n",
  );
  assert.match(
    following.problems.join(),
    /bad\.yaml:4:1: Duplicate key "kind": a new object needs a line ---/,
  );
});

test("Depth is refused, not followed", async (t) => {
  await openText(t, `a: ${"[".repeat(5000)}${"]".repeat(5000)}`);
  await openText(t, "[".repeat(20_000));
});

test("What is no text is refused", async (t) => {
  assert.match((await openText(t, new Uint8Array([97, 0, 98]))).problems.join(), /zero bytes/);
  assert.match((await openText(t, new Uint8Array([0xc3, 0x28]))).problems.join(), /not UTF-8/);
});

test("A byte order mark is no part of the text", async (t) => {
  const folder = new Folder(t, { "a.yaml": `\ufeff${config("a")}` });
  assert.deepEqual((await Following.open(t, [folder.path])).keys, ["ConfigMap/default/a"]);
});

test("What JSON cannot say is refused", async (t) => {
  for (const [value, message] of [
    [".nan", /Not a JSON value/],
    ["!mine x", /Unresolved tag/],
    ["{[a]: b}", /A key must be a string/],
    ["*nowhere", /No anchor &nowhere/],
    ["{<<: 1}", /A merge key needs a map/],
  ] as const) {
    const following = await openText(
      t,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: ${value}\n`,
    );
    assert.match(following.problems.join(), message);
  }
});

test("A huge file is refused unread, and what it gave before stays", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a") });
  const following = await Following.open(t, [folder.path]);
  truncateSync(folder.file("a.yaml"), 65 * 1024 * 1024);
  await following.until(() => following.last.problems.length > 0);
  assert.match(following.problems.join(), /File is too large/);
  assert.ok(following.last.problems[0]!.keptLastGood);
  assert.deepEqual(following.keys, ["ConfigMap/default/a"]);
  folder.write("a.yaml", config("b"));
  await following.until(() => following.objects.has("ConfigMap/default/b"));
  assert.deepEqual(following.problems, []);
  assert.deepEqual(following.keys, ["ConfigMap/default/b"]);
});

test("Loops and dangling links do no harm", async (t) => {
  const folder = new Folder(t, { "sub/a.yaml": config("a"), "notes.txt": "no manifest" });
  symlinkSync(folder.path, folder.file("sub/up"));
  symlinkSync("self.yaml", folder.file("self.yaml"));
  symlinkSync("nowhere", folder.file("gone.yaml"));
  symlinkSync("nowhere", folder.file("gone.txt"));
  symlinkSync("sub/a.yaml", folder.file("z.yaml"));
  const following = await Following.open(t, [folder.path]);
  assert.deepEqual(following.keys, ["ConfigMap/default/a"]);
  assert.deepEqual(following.problems, [
    `${folder.file("gone.yaml")}:1:1: Path does not exist`,
    `${folder.file("self.yaml")}:1:1: Symbolic links lead in a circle`,
  ]);
});

const PIECES =
  "apiVersion: v1\n~kind: Service\n~kind: List\n~metadata:\n~  name: a\n~items:\n~- ~  ~\n~spec: ~{~}~[~]~&a ~*a~<<: ~? ~: ~|\n~>-\n~\"~'~!t ~\t~#~%~\r\n".split(
    "~",
  );

test("Any text can be decoded", () => {
  const piece = fc.constantFrom(...PIECES);
  const text = fc.array(fc.oneof(piece, piece, fc.string({ maxLength: 4 }))).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (given) => {
      const { entries, faults } = decode(given);
      for (const fault of [...faults, ...entries.flatMap((entry) => entry.faults)]) {
        assert.ok(fault.line >= 0 && fault.column >= 0);
        assert.ok(fault.line <= given.split("\n").length);
      }
    }),
    { numRuns: 3000 },
  );
});
