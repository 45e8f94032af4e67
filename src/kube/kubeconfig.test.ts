import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { rootCertificates } from "node:tls";
import { connectKubeconfig } from "./kubeconfig.ts";

const [pem = ""] = rootCertificates;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly more?: object;
}

/** A kubeconfig with one cluster, one user and two contexts, in a folder of its own. */
function write(t: TestContext, parts: Parts = {}): { file: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const context = { cluster: "c", user: "u", ...parts.context };
  const config = {
    clusters: [{ name: "c", cluster: { server: "https://server.test:6443", ...parts.cluster } }],
    users: [{ name: "u", user: parts.user ?? {} }],
    contexts: [
      { name: "x", context },
      { name: "y", context: { ...context, namespace: "why" } },
    ],
    "current-context": "x",
    ...parts.more,
  };
  const file = join(folder, "config");
  writeFileSync(file, JSON.stringify(config));
  return { file, folder };
}

test("server, CA, name, namespace and context", async (t) => {
  const { file, folder } = write(t, {
    cluster: {
      server: "https://server.test:6443/path/",
      "certificate-authority": "ca.pem",
      "tls-server-name": "other.test",
    },
  });
  writeFileSync(join(folder, "ca.pem"), pem);
  const connection = await connectKubeconfig([file]);
  assert.equal(connection.server.pathname.replace(/\/$/, ""), "/path");
  assert.equal(connection.ca, pem, "relative to the kubeconfig");
  assert.equal(connection.serverName, "other.test");
  assert.equal(connection.namespace, "default");
  assert.equal(connection.insecure, undefined);
  assert.equal((await connectKubeconfig([file], "y")).namespace, "why");
  const insecure = write(t, { cluster: { "insecure-skip-tls-verify": true } });
  assert.equal((await connectKubeconfig([insecure.file])).insecure, true);
});

test("what is wrong is said, with where and what there is", async (t) => {
  const cases: readonly (readonly [Parts, string | undefined, string | RegExp])[] = [
    [{}, "z", /^There is no context z in .*config; there are: x, y$/],
    [
      { more: { "current-context": "" } },
      undefined,
      /has no current context, and none is named; there are: x, y$/,
    ],
    [{ more: { contexts: [] } }, "x", /there are: none$/],
    [{ context: { cluster: "d" } }, undefined, /^Context x names cluster d, which is not in /],
    [{ context: { user: "v" } }, undefined, /^Context x names user v, which is not in /],
    [
      { cluster: { server: "nonsense" } },
      undefined,
      /^"nonsense" \(server of cluster c in .*\) is not a URL/,
    ],
    [
      { more: { clusters: [{ name: "c" }] } },
      undefined,
      /is not a kubeconfig: clusters\[0\].cluster is missing$/,
    ],
    [
      { cluster: { "certificate-authority-data": base64("no") } },
      undefined,
      /^There is no certificate in PEM in the CA of cluster c \(.*config\)$/,
    ],
    [
      { cluster: { "certificate-authority": "gone.pem" } },
      undefined,
      /^Cannot read the CA of cluster c: ENOENT.*gone\.pem/,
    ],
    [
      { user: { "client-certificate-data": base64("no") } },
      undefined,
      /^There is no certificate in PEM in the certificate of user u/,
    ],
    [
      { user: { "client-certificate-data": base64(pem), "client-key-data": base64("no") } },
      undefined,
      /^The certificate and key of user u do not fit: /,
    ],
  ];
  for (const [parts, context, message] of cases) {
    const { file } = write(t, parts);
    await assert.rejects(connectKubeconfig([file], context), { reason: "NoCredentials", message });
  }
  for (const [text, message] of [
    ["", /is not a kubeconfig: it is empty$/],
    ["- a", /is not a kubeconfig: it holds no mapping$/],
    ["a: [", /is not YAML: .*line 1/s],
  ] as const) {
    const { file } = write(t);
    writeFileSync(file, text);
    await assert.rejects(connectKubeconfig([file]), { message });
  }
});

test("of several files the first that has a name counts", async (t) => {
  const one = write(t, { cluster: { server: "https://one.test" }, user: { token: "one" } });
  const two = write(t, {
    user: { token: "two" },
    more: {
      contexts: [{ name: "z", context: { cluster: "c", user: "u" } }],
      "current-context": "z",
    },
  });
  const connection = await connectKubeconfig([one.file, two.file]);
  assert.equal(connection.server.host, "one.test");
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer one" });
  assert.equal((await connectKubeconfig([one.file, two.file], "z")).server.host, "one.test");
});

test("tokens, token files, passwords and whom to act as", async (t) => {
  const { file, folder } = write(t, { user: { tokenFile: "token", token: "stale" } });
  writeFileSync(join(folder, "token"), "one\n");
  const connection = await connectKubeconfig([file]);
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer one" });
  writeFileSync(join(folder, "token"), "two\n");
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer two" });

  for (const [user, expected] of [
    [{ token: "t" }, { authorization: "Bearer t" }],
    [{ username: "me", password: "pa:ss" }, { authorization: `Basic ${base64("me:pa:ss")}` }],
    [
      { token: "t", as: "other" },
      { authorization: "Bearer t", headers: { "impersonate-user": "other" } },
    ],
    [{}, {}],
  ] as const) {
    for (const server of ["https://server.test", "http://127.0.0.1:8080"]) {
      const login = await connectKubeconfig([write(t, { user, cluster: { server } }).file]);
      assert.deepEqual(await login.credentials!(false), expected);
    }
  }
});

test("a refused token is looked up in the file again", async (t) => {
  const { file } = write(t, { user: { token: "one" } });
  const connection = await connectKubeconfig([file]);
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer one" });
  writeFileSync(file, readFileSync(file, "utf8").replace("one", "two"));
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer one" });
  assert.deepEqual(await connection.credentials!(true), { authorization: "Bearer two" });
});

test("a proxy gets an agent of its own", async (t) => {
  const plain = await connectKubeconfig([write(t, { user: { token: "t" } }).file]);
  assert.equal((await plain.credentials!(false)).agent, undefined);
  for (const proxy of ["http://proxy.test:3128", "socks5://proxy.test:1080"]) {
    const { file } = write(t, { user: { token: "t" }, cluster: { "proxy-url": proxy } });
    const { agent } = await (await connectKubeconfig([file])).credentials!(false);
    assert.ok(agent !== undefined);
  }
});

function plugin(more: object): Parts {
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "./plugin", ...more };
  return { user: { exec: { interactiveMode: "Never", ...exec } } };
}

test("a credential plugin is run, told what is expected, and run again after a refusal", async (t) => {
  const { file, folder } = write(t, plugin({ env: [{ name: "WHO", value: "me" }] }));
  const script = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const log = __dirname + "/log";
appendFileSync(log, process.env.WHO + " " + process.env.KUBERNETES_EXEC_INFO + "\\n");
const token = "t" + (readFileSync(log, "utf8").split("\\n").length - 1);
console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token } }));
`;
  writeFileSync(join(folder, "plugin"), script, { mode: 0o755 });
  const connection = await connectKubeconfig([file]);
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer t1" });
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer t1" }, "kept");
  assert.deepEqual(await connection.credentials!(true), { authorization: "Bearer t2" });
  const [line = ""] = readFileSync(join(folder, "log"), "utf8").split("\n");
  assert.equal(line.slice(0, 3), "me ");
  assert.deepEqual(JSON.parse(line.slice(3)), {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: { interactive: false },
  });
});

test("a credential plugin that is missing or fails is named, with what it has said", async (t) => {
  const name = /^The credential plugin \/.*\/plugin of user u /.source;
  for (const [script, mode, message] of [
    [undefined, 0, "is not installed: get it from your admin$"],
    ["#!/bin/sh\necho nobody is logged in >&2\nexit 3\n", 0o755, "has failed: nobody is logged in$"],
    ["#!/bin/sh\nexit 3\n", 0o755, "has failed$"],
    ["#!/bin/sh\necho hello\n", 0o755, "has not printed an ExecCredential with a status: "],
    ["#!/bin/sh\necho '{}'\n", 0o755, "has not printed an ExecCredential with a status: "],
    ["#!/bin/sh\n", 0o644, "cannot be run: permission denied$"],
  ] as const) {
    const { file, folder } = write(t, plugin({ installHint: "get it from your admin\n" }));
    if (script !== undefined) writeFileSync(join(folder, "plugin"), script, { mode });
    const connection = await connectKubeconfig([file]);
    await assert.rejects(connection.credentials!(false), {
      reason: "NoCredentials",
      message: new RegExp(name + message),
    });
  }
});
