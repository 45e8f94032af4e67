import assert from "node:assert/strict";
import { request } from "node:https";
import { after, before, test } from "node:test";
import { ApiServer } from "./apiserver.ts";

let server: ApiServer;
before(async () => {
  server = await ApiServer.open({ version: "0.0.0", controllers: false });
});
after(() => server.close());

interface Answer {
  readonly code: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function ask(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const options = { method, ca: server.ca, headers: { authorization: `Bearer ${server.token}`, ...headers } };
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ code: response.statusCode, headers: response.headers, text }));
    });
    sent.on("error", reject).end(body);
  });
}

const maps = "/api/v1/namespaces/default/configmaps";
const twice = (name: string) => `{"metadata":{"name":"${name}"},"data":{"a":"1","a":"2"}}`;

test("a field that stands twice is refused, warned of, or passed over", async () => {
  const strict = await ask("POST", `${maps}?fieldValidation=Strict`, twice("strict"));
  assert.equal(strict.code, 400);
  assert.match(strict.text, /strict decoding error: duplicate field \\"data\.a\\"/);
  const warned = await ask("POST", `${maps}?fieldValidation=Warn`, twice("warn"));
  assert.equal(warned.code, 201);
  assert.match(String(warned.headers["warning"]), /duplicate field .*data\.a/);
  const ignored = await ask("POST", `${maps}?fieldValidation=Ignore`, twice("ignore"));
  assert.deepEqual([ignored.code, ignored.headers["warning"]], [201, undefined]);
});

test("OpenAPI documents are for good under their hash, and elsewhere under another", async () => {
  const { paths } = JSON.parse((await ask("GET", "/openapi/v3")).text) as {
    readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
  };
  const { serverRelativeURL: url } = paths["apis/apps/v1"]!;
  const found = await ask("GET", url);
  assert.equal(found.code, 200);
  assert.match(String(found.headers["cache-control"]), /immutable/);
  const stale = await ask("GET", url.replace(/hash=.*/, "hash=OLD"));
  assert.deepEqual([stale.code, stale.headers["location"]], [301, url]);
});

test("HEAD answers as GET does, without the body", async () => {
  const head = await ask("HEAD", "/api/v1/namespaces/default");
  assert.deepEqual([head.code, head.text], [200, ""]);
  assert.notEqual(head.headers["content-length"], undefined);
});

test("tables come in the version that was asked for", async () => {
  const accept = "application/json;as=Table;v=v1beta1;g=meta.k8s.io";
  const { apiVersion } = JSON.parse((await ask("GET", maps, undefined, { accept })).text) as {
    apiVersion: string;
  };
  assert.equal(apiVersion, "meta.k8s.io/v1beta1");
});

test("labels and annotations that are empty are not kept", async () => {
  await ask("POST", maps, '{"metadata":{"name":"empty","labels":{},"annotations":{}}}');
  const { metadata } = JSON.parse((await ask("GET", `${maps}/empty`)).text) as { metadata: object };
  assert.deepEqual(
    [Object.hasOwn(metadata, "labels"), Object.hasOwn(metadata, "annotations")],
    [false, false],
  );
});

test("an update that adds finalizers to an object on its way out is invalid", async () => {
  await ask("POST", maps, '{"metadata":{"name":"held","finalizers":["x.example/a"]}}');
  await ask("DELETE", `${maps}/held`);
  const patch = '{"metadata":{"finalizers":["x.example/a","x.example/b"]}}';
  const refused = await ask("PATCH", `${maps}/held`, patch, {
    "content-type": "application/merge-patch+json",
  });
  assert.equal(refused.code, 422);
  assert.match(refused.text, /metadata\.finalizers/);
});
