// Answers that are no answers: another program on the port, a proxy's page, more than was asked for, the wrong server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { KubeClient } from "../../src/kube/client.ts";
import { connectTo } from "../../src/kube/connect.ts";
import type { Connection } from "../../src/kube/connection.ts";
import { certificates } from "./certificates.ts";
import { ApiServer, isList, sendJson } from "./server.ts";

const target = { group: "example.test", version: "v1", plural: "widgets", namespace: "default", name: "a" };
const everything = (): boolean => true;

const answers = [
  [
    "a page of a proxy",
    502,
    "<html>\u0007Bad\n Gateway</html>",
    { code: 502, message: "The server answered 502: <html> Bad Gateway</html>" },
  ],
  ["no body", 403, "", { code: 403, reason: "Forbidden", message: "The server answered 403" }],
  ["a redirect", 302, "", { code: 302, reason: "Unknown" }],
  ["no JSON", 200, "hello", { reason: "BadAnswer", message: /^The answer is not JSON/ }],
  ["no object", 200, "[]", { reason: "BadAnswer", message: "The answer is not an object" }],
  [
    "too much",
    200,
    `"${"x".repeat(3000)}"`,
    { reason: "TooLarge", message: "The answer is larger than 2000 bytes" },
  ],
  ["too much of an error", 400, "x".repeat(3000), { reason: "TooLarge" }],
  [
    "a Status",
    422,
    '{"kind":"Status","code":422,"reason":"Invalid","message":"spec is wrong","details":{"causes":[{"field":"spec"}]}}',
    { code: 422, reason: "Invalid", message: "spec is wrong", details: { causes: [{ field: "spec" }] } },
  ],
] as const;

for (const [what, code, body, error] of answers) {
  test(`${what} (${code})`, async (t) => {
    const server = await ApiServer.start(t);
    server.intercept(everything, (_, answer) => void answer.writeHead(code).end(body));
    const client = new KubeClient(connectTo({ server: server.url }), { object: 2000, tries: 1 });
    t.after(() => client.close());
    await assert.rejects(client.get(target), error);
  });
}

test("lists come in gzip when asked for, and not larger than they may be when unpacked", async (t) => {
  const server = await ApiServer.start(t);
  const list = {
    metadata: { resourceVersion: "1" },
    items: [{ metadata: { name: "a" }, data: "x".repeat(5000) }],
  };
  server.intercept(isList, ({ headers }, answer) => {
    assert.equal(headers["accept-encoding"], "gzip");
    answer.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(JSON.stringify(list)));
  });
  const connection: Connection = { ...connectTo({ server: server.url }), compress: true };
  for (const [limit, error] of [
    [10_000, undefined],
    [4000, { reason: "TooLarge", message: "The answer is larger than 4000 bytes" }],
  ] as const) {
    const client = new KubeClient(connection, { list: limit, tries: 1 });
    t.after(() => client.close());
    const listing = client.list({ ...target, name: undefined });
    if (error !== undefined) await assert.rejects(listing, error);
    else assert.equal((await listing).items.length, 1);
  }
  server.intercept(
    everything,
    (_, answer) => void answer.writeHead(200, { "content-encoding": "gzip" }).end("no"),
  );
  const client = new KubeClient(connection, { tries: 1 });
  t.after(() => client.close());
  await assert.rejects(client.get(target), { reason: "BadAnswer", message: /^Cannot unpack the answer/ });
});

test("lists that are none", async (t) => {
  const server = await ApiServer.start(t);
  const client = new KubeClient(connectTo({ server: server.url }), { tries: 1 });
  t.after(() => client.close());
  for (const [body, message] of [
    [{ metadata: {}, items: [] }, "The list has no resourceVersion"],
    [{ items: [] }, "The answer is not a list of objects"],
    [{ metadata: { resourceVersion: "1" } }, "The answer is not a list of objects"],
  ] as const) {
    server.intercept(isList, (_, answer) => sendJson(answer, body), 1);
    await assert.rejects(client.list({ ...target, name: undefined }), { message });
  }
  server.intercept(
    isList,
    (_, answer) => sendJson(answer, { metadata: { resourceVersion: "1" }, items: null }),
    1,
  );
  assert.deepEqual(await client.list({ ...target, name: undefined }), { items: [], resourceVersion: "1" });
});

test("a server is trusted by its CA only, and knows us by our certificate", async (t) => {
  const ours = certificates();
  const other = certificates();
  const server = await ApiServer.start(t, {
    ...ours.server,
    ca: ours.ca,
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.put("a");
  const { clientCertificate, ca } = ours;
  const good = new KubeClient(connectTo({ server: server.url, ca, clientCertificate }));
  t.after(() => good.close());
  assert.deepEqual(await good.get(target), server.get("a"));

  for (const [connection, error] of [
    [
      connectTo({ server: server.url, ca: other.ca, clientCertificate }),
      { reason: "TlsFailed", message: /^Cannot trust https:.*/ },
    ],
    [connectTo({ server: server.url, clientCertificate }), { reason: "TlsFailed" }],
    [connectTo({ server: server.url, ca }), { code: 0 }],
    [
      { ...connectTo({ server: server.url, ca, clientCertificate }), serverName: "other.test" },
      { reason: "TlsFailed", message: /ALTNAME/ },
    ],
  ] as const) {
    const client = new KubeClient(connection, { tries: 1 });
    t.after(() => client.close());
    await assert.rejects(client.get(target), error);
  }
  const insecure = new KubeClient({
    ...connectTo({ server: server.url, clientCertificate }),
    insecure: true,
  });
  t.after(() => insecure.close());
  await insecure.get(target);
});

test("a path before that of the API, as of many clusters behind one address", async (t) => {
  const server = await ApiServer.start(t);
  server.intercept(everything, ({ path }, answer) => sendJson(answer, { path }));
  const client = new KubeClient(connectTo({ server: `${server.url}/k8s/clusters/c-1/` }));
  t.after(() => client.close());
  assert.deepEqual(await client.get(target), {
    path: "/k8s/clusters/c-1/apis/example.test/v1/namespaces/default/widgets/a",
  });
});

test("names that would be another path never leave us", async (t) => {
  const server = await ApiServer.start(t);
  const client = new KubeClient(connectTo({ server: server.url }));
  t.after(() => client.close());
  for (const name of ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "a\r\nb", "x".repeat(254)]) {
    await assert.rejects(client.get({ ...target, name }), /cannot be part of a path/, JSON.stringify(name));
  }
  assert.equal(server.asked.length, 0);
});
