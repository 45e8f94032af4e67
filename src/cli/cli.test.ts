import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../main.ts", import.meta.url));

function gatewright(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: "utf8" });
  return { code: status, stdout, stderr };
}

test("--version prints the package's version", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  assert.deepEqual(gatewright("--version"), { code: 0, stdout: `${version}\n`, stderr: "" });
});

test("--help lists the commands, and each command's help has examples", () => {
  const all = gatewright("--help");
  assert.equal(all.code, 0);
  assert.match(all.stdout, /Commands:\n\s+run /);
  const run = gatewright("run", "--help");
  assert.equal(run.code, 0);
  assert.match(run.stdout, /Examples:[^]*\$ gatewright run examples\/quickstart --echo/);
  for (const option of [
    "--echo",
    "--backend",
    "--address",
    "--port-offset",
    "--workers",
    "--output",
    "--no-follow",
    "--kubeconfig-out",
    "--data-dir",
    "--api-listen",
    "--kubeconfig",
    "--context",
  ]) {
    assert.match(run.stdout, new RegExp(`^ +${option}\\b`, "m"), option);
  }
});

const wrong: readonly [readonly string[], number, RegExp][] = [
  [[], 2, /Usage: gatewright/],
  [["walk"], 2, /unknown command 'walk'/],
  [["run", "--no-follow"], 2, /--no-follow is about files, and none is named/],
  [["run", "x", "--kubeconfig", "y"], 2, /files and --kubeconfig exclude each other/],
  [["run", "--kubeconfig", "/no/such/kubeconfig"], 1, /\/no\/such\/kubeconfig/],
  [
    ["run", "--data-dir", "/no/such/folder"],
    1,
    /--data-dir \/no\/such\/folder: there is no folder \/no\/such/,
  ],
  [["run", "--data-dir", "/dev/null"], 1, /--data-dir \/dev\/null: a folder is needed/],
  [["run", "--api-listen", "6443"], 2, /--api-listen "6443" is not allowed. Allowed: IP:PORT/],
  [["run", "--api-listen", "192.0.2.254:0"], 1, /--api-listen 192\.0\.2\.254:0: /],
  [["run", "x", "--ehco"], 2, /unknown option '--ehco'\n\(Did you mean --echo\?\)/],
  [
    ["run", "x", "--workers", "many"],
    2,
    /--workers "many" is not allowed. Allowed: a whole number from 1 to/,
  ],
  [["run", "x", "--workers"], 2, /argument missing/],
  [["run", "x", "--backend", "a=b"], 2, /NAMESPACE\/SERVICE:PORT=HOST:PORT/],
  [["run", "/no/such/file.yaml"], 1, /\/no\/such\/file\.yaml: Path does not exist/],
  [["run", "x", "--address", "192.0.2.254"], 1, /192\.0\.2\.254: this machine has no such address/],
];

for (const [words, code, message] of wrong) {
  test(`gatewright ${words.join(" ")}: ${code}`, () => {
    const ended = gatewright(...words);
    assert.equal(ended.code, code);
    assert.match(ended.stderr, message);
    assert.equal(ended.stdout, "");
  });
}
