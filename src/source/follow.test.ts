import assert from "node:assert/strict";
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { config, dataOf, Folder, Following } from "./testing.ts";

const A = "ConfigMap/default/a";
const B = "ConfigMap/default/b";
const C = "ConfigMap/default/c";

/** Well before the first look that happens without a notice, milliseconds. */
const SAFETY_LOOK_MS = 1500;

test("An edit changes its object and no other, in one event", async (t) => {
  const folder = new Folder(t, { "a.yaml": `${config("a")}---\n${config("b")}`, "c.yaml": config("c") });
  const following = await Following.open(t, [folder.path]);
  const before = performance.now();
  folder.write("a.yaml", `# moved\n\n${config("a", "new")}---\n${config("b")}`);
  await following.until(() => dataOf(following, A) === "new");
  assert.deepEqual(
    following.last.changes.map(({ key }) => key),
    [A],
  );
  assert.deepEqual(following.last.files, [folder.file("a.yaml")]);
  assert.ok(following.last.readAt >= before && following.last.readAt <= performance.now());
  assert.equal(following.events.length, 2);
  assert.ok(performance.now() - before < SAFETY_LOOK_MS, "noticed at once, not by the safety look");
});

test("Changes in several files come together", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a"), "b.yaml": config("b") });
  const following = await Following.open(t, [folder.path]);
  folder.write("a.yaml", config("a", "new"));
  folder.write("b.yaml", config("b", "new"));
  folder.write("c.yaml", config("c", "new"));
  await following.until(() => following.events.length > 1);
  assert.deepEqual(following.last.changes.map(({ key }) => key).toSorted(), [A, B, C]);
  assert.equal(following.last.files.length, 3);
});

test("Creation time stays, generation counts changes of content", async (t) => {
  let second = 0;
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++));
  const folder = new Folder(t, { "a.yaml": config("a") });
  const following = await Following.open(t, [folder.path], now);
  const meta = () => following.objects.get(A)!.metadata;
  const created = meta().creationTimestamp;
  assert.equal(created, "2026-01-01T00:00:00.000Z");
  folder.replace("a.yaml", config("a", "new"));
  await following.until(() => dataOf(following, A) === "new");
  assert.deepEqual([meta().generation, meta().creationTimestamp], [2, created]);
  folder.replace("a.yaml", config("a", "new").replace("{name: a", "{name: a, labels: {b: c}"));
  await following.until(() => meta().labels["b"] === "c");
  assert.deepEqual([meta().generation, meta().creationTimestamp], [2, created]);
  // Moving to another file is no new life.
  folder.write("b.yaml", config("a", "moved"));
  folder.write("a.yaml", config("c"));
  await following.until(() => dataOf(following, A) === "moved" && following.objects.has(C));
  assert.deepEqual([meta().generation, meta().creationTimestamp], [3, created]);
  folder.remove("b.yaml");
  await following.until(() => !following.objects.has(A));
  folder.write("b.yaml", config("a", "moved"));
  await following.until(() => following.objects.has(A));
  assert.equal(meta().generation, 1);
  assert.notEqual(meta().creationTimestamp, created);
});

test("Comments, order of fields and status are no change", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a") });
  const following = await Following.open(t, [folder.path]);
  folder.write(
    "a.yaml",
    "# new\ndata: {value: x}\nkind: ConfigMap\nstatus: {a: b}\nmetadata: {name: a}\napiVersion: v1\n",
  );
  await following.until(() => following.events.length > 1);
  assert.deepEqual(following.last.changes, []);
  assert.deepEqual(following.last.files, [folder.file("a.yaml")]);
});

test("A bad edit keeps the last good version, and says so until it is repaired", async (t) => {
  const folder = new Folder(t, { "a.yaml": `${config("a", "1")}---\n${config("b", "1")}` });
  const following = await Following.open(t, [folder.path]);
  folder.write(
    "a.yaml",
    `${config("a").replace('"x"', "1")}---\n${config("b", "2")}---\n${config("c").replace('"x"', "1")}`,
  );
  await following.until(() => dataOf(following, B) === "2");
  assert.equal(dataOf(following, A), "1");
  assert.deepEqual(
    following.last.problems.map(({ object, line, keptLastGood }) => [object, line, keptLastGood]),
    [
      [A, 4, true],
      [C, 14, false],
    ],
  );
  // A second bad edit does not lose it.
  folder.write("a.yaml", `${config("a").replace('"x"', "[]")}---\n${config("b", "3")}`);
  await following.until(() => dataOf(following, B) === "3");
  assert.equal(dataOf(following, A), "1");
  folder.write("a.yaml", `${config("a", "2")}---\n${config("b", "3")}`);
  await following.until(() => dataOf(following, A) === "2");
  assert.deepEqual(following.problems, []);
  assert.equal(following.objects.get(A)!.metadata.generation, 2);
});

test("A document that no longer parses keeps what cannot be told apart", async (t) => {
  const folder = new Folder(t, {
    "a.yaml": [config("a"), config("b"), config("c")].join("---\n"),
    "d.yaml": config("d"),
  });
  const following = await Following.open(t, [folder.path]);
  folder.write("a.yaml", [config("a", "new"), config("b").replace("}", "")].join("---\n"));
  await following.until(() => dataOf(following, A) === "new");
  assert.deepEqual(following.keys, [A, B, C, "ConfigMap/default/d"]);
  assert.ok(following.last.problems.length > 0);
  assert.ok(following.last.problems.every(({ keptLastGood }) => keptLastGood));
  // Without a name nobody knows which one it is.
  folder.write("a.yaml", [config("a", "newer"), config("b").replace("name:", "nam:")].join("---\n"));
  await following.until(() => dataOf(following, A) === "newer");
  assert.deepEqual(following.keys, [A, B, C, "ConfigMap/default/d"]);
  folder.write("a.yaml", [config("a"), config("b")].join("---\n"));
  await following.until(() => !following.objects.has(C));
  assert.deepEqual(following.problems, []);
});

test("Removed documents, files and folders remove their objects", async (t) => {
  const folder = new Folder(t, { "a.yaml": `${config("a")}---\n${config("b")}`, "sub/c.yaml": config("c") });
  const following = await Following.open(t, [folder.path]);
  folder.write("a.yaml", config("a"));
  await following.until(() => !following.objects.has(B));
  folder.remove("sub");
  await following.until(() => !following.objects.has(C));
  assert.deepEqual(following.last.files, [folder.file("sub/c.yaml")]);
  folder.remove("a.yaml");
  await following.until(() => following.objects.size === 0);
  assert.match(following.problems.join(), /Folder holds no/);
  folder.write("a.yaml", config("a"));
  await following.until(() => following.objects.has(A));
  assert.deepEqual(following.problems, []);
});

test("New folders are followed, with the folders in them", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a") });
  const following = await Following.open(t, [folder.path]);
  folder.write("x/y/b.yaml", config("b"));
  await following.until(() => following.objects.has(B));
  folder.write("x/y/b.yaml", config("b", "new"));
  await following.until(() => dataOf(following, B) === "new");
});

test("A file that is named outright is followed through replacement and absence", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a") });
  const following = await Following.open(t, [folder.file("a.yaml")]);
  folder.write("b.yaml", config("b"));
  folder.replace("a.yaml", config("a", "new"));
  await following.until(() => dataOf(following, A) === "new");
  folder.remove("a.yaml");
  await following.until(() => !following.objects.has(A));
  assert.deepEqual(following.problems, [`${folder.file("a.yaml")}:1:1: Path does not exist`]);
  folder.write("a.yaml", config("a", "back"));
  await following.until(() => following.objects.has(A));
  assert.deepEqual(following.keys, [A]);
  assert.deepEqual(following.problems, []);
});

test("A folder that is replaced as a whole is followed on", async (t) => {
  const folder = new Folder(t, { "live/a.yaml": config("a", "1"), "next/a.yaml": config("a", "2") });
  const following = await Following.open(t, [folder.file("live")]);
  renameSync(folder.file("live"), folder.file("old"));
  renameSync(folder.file("next"), folder.file("live"));
  await following.until(() => dataOf(following, A) === "2");
  const before = performance.now();
  folder.write("live/a.yaml", config("a", "3"));
  await following.until(() => dataOf(following, A) === "3");
  assert.ok(performance.now() - before < SAFETY_LOOK_MS, "the new folder is watched");
});

test("A mounted ConfigMap is followed through the swap of its links", async (t) => {
  const folder = new Folder(t);
  const version = (name: string, data: string) => {
    mkdirSync(folder.file(name));
    writeFileSync(join(folder.file(name), "a.yaml"), config("a", data));
  };
  version("..1", "1");
  symlinkSync("..1", folder.file("..data"));
  symlinkSync("..data/a.yaml", folder.file("a.yaml"));
  const following = await Following.open(t, [folder.path]);
  const named = await Following.open(t, [folder.file("a.yaml")]);
  assert.equal(following.last.files.length, 1);
  version("..2", "2");
  symlinkSync("..2", folder.file("..data_tmp"));
  renameSync(folder.file("..data_tmp"), folder.file("..data"));
  rmSync(folder.file("..1"), { recursive: true });
  await following.until(() => dataOf(following, A) === "2");
  await named.until(() => dataOf(named, A) === "2");
  assert.equal(following.objects.get(A)!.metadata.generation, 2);
  assert.deepEqual(following.last.files, [folder.file("a.yaml")]);
  version("..3", "3");
  writeFileSync(join(folder.file("..3"), "a.yaml"), config("a").replace('"x"', "3"));
  symlinkSync("..3", folder.file("..data_tmp"));
  renameSync(folder.file("..data_tmp"), folder.file("..data"));
  await following.until(() => following.last.problems.length > 0);
  assert.ok(following.last.problems[0]!.keptLastGood);
  assert.equal(dataOf(following, A), "2");
});

test("A file that keeps its size and its time of modification is read again", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a", "1") });
  const time = new Date();
  utimesSync(folder.file("a.yaml"), time, time);
  const following = await Following.open(t, [folder.path]);
  folder.write("a.yaml", config("a", "2"));
  utimesSync(folder.file("a.yaml"), time, time);
  await following.until(() => dataOf(following, A) === "2");
});

test("A change that nobody notices is found all the same", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a", "1") });
  const elsewhere = new Folder(t);
  // Written through another name: the watched folder hears nothing of it.
  linkSync(folder.file("a.yaml"), elsewhere.file("a.yaml"));
  const following = await Following.open(t, [folder.path]);
  elsewhere.write("a.yaml", config("a", "2"));
  await following.until(() => dataOf(following, A) === "2");
});

test("After close nothing is said", async (t) => {
  const folder = new Folder(t, { "a.yaml": config("a") });
  const other = new Folder(t, { "b.yaml": config("b") });
  const { openFiles } = await import("./source.ts");
  const source = await openFiles([folder.path], { onEvent: () => assert.fail("closed") });
  const witness = await Following.open(t, [folder.path, other.path]);
  folder.write("a.yaml", config("a", "new"));
  source.close();
  await witness.until(() => dataOf(witness, A) === "new");
  other.write("b.yaml", config("b", "new"));
  await witness.until(() => dataOf(witness, B) === "new");
});
