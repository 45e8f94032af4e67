import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, configMap, configMaps, type Answer } from "../testing.ts";

interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly (JsonObject & { readonly metadata: { readonly name: string } })[];
}

function listed({ body }: Answer): List {
  return body as unknown as List;
}

function namesIn(answer: Answer): readonly string[] {
  return listed(answer).items.map(({ metadata }) => metadata.name);
}

const own = "/api/v1/namespaces/pages/configmaps";

/** A namespace `pages` with nothing but these, each labelled `parity` and `name`. */
async function fill(api: Api, count: number): Promise<void> {
  await api.post("/api/v1/namespaces", { metadata: { name: "pages" } });
  for (let index = 0; index < count; index++) {
    const labels = { parity: index % 2 === 0 ? "even" : "odd", name: `n${index}` };
    assert.equal((await api.post(own, configMap(`m${index}`, {}, { labels }))).code, 201);
  }
}

/** All pages of a list, as `kubectl get --chunk-size` walks them. */
async function pages(api: Api, path: string): Promise<readonly List[]> {
  const found: List[] = [];
  for (let token: string | undefined = ""; token !== undefined; token = found.at(-1)?.metadata.continue) {
    assert.ok(found.length < 50, "the pages do not end");
    const answer = await api.get(`${path}&continue=${token}`);
    assert.equal(answer.code, 200, answer.text);
    found.push(listed(answer));
  }
  return found;
}

test("selectors leave over what they name", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await fill(api, 4);
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["labelSelector=parity%3Deven", ["m0", "m2"]],
    ["labelSelector=parity!%3Deven", ["m1", "m3"]],
    ["labelSelector=name+in+(n1,n2)", ["m1", "m2"]],
    ["labelSelector=!parity", []],
    ["labelSelector=parity,name+notin+(n0)", ["m1", "m2", "m3"]],
    ["fieldSelector=metadata.name%3Dm1", ["m1"]],
    ["fieldSelector=metadata.name!%3Dm1", ["m0", "m2", "m3"]],
    ["fieldSelector=metadata.namespace%3Dother", []],
    ["fieldSelector=metadata.name%3Dm1&labelSelector=parity%3Deven", []],
  ];
  for (const [query, names] of cases)
    assert.deepEqual(namesIn(await api.get(`${own}?${query}`)), names, query);
});

test("selectors that cannot be read, or that a kind does not know, are refused", async (context) => {
  const api = await Api.open(context, { controllers: false });
  for (const query of ["labelSelector=a%3D%3D%3Db", "labelSelector=a+in+b", "fieldSelector=data.a%3D1"]) {
    const { code, body } = await api.get(`${configMaps}?${query}`);
    assert.deepEqual([code, body["reason"]], [400, "BadRequest"], query);
  }
});

test("a list of all namespaces is in the order of namespaces, then names", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await fill(api, 2);
  await api.post(configMaps, configMap("z"));
  const answer = await api.get("/api/v1/configmaps?labelSelector=!app");
  const keys = listed(answer).items.map(
    ({ metadata }) => `${String((metadata as JsonObject)["namespace"])}/`,
  );
  assert.deepEqual(keys, keys.toSorted());
  assert.equal(listed(answer).kind, "ConfigMapList");
});

test("pages add up to the whole, and say how much is left", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await fill(api, 5);
  const found = await pages(api, `${own}?limit=2`);
  assert.deepEqual(
    found.map(({ items, metadata }) => [items.length, metadata.remainingItemCount]),
    [
      [2, 3],
      [2, 1],
      [1, undefined],
    ],
  );
  const exact = await pages(api, `${own}?limit=5`);
  assert.deepEqual(
    exact.map(({ items }) => items.length),
    [5],
  );
});

test("pages under a selector hold matches only, and do not count what is left", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await fill(api, 7);
  const found = await pages(api, `${own}?limit=2&labelSelector=parity%3Deven`);
  assert.deepEqual(
    found.flatMap(({ items }) => items.map(({ metadata }) => metadata.name)),
    ["m0", "m2", "m4", "m6"],
  );
  assert.deepEqual(found[0]?.items.length, 2);
  assert.ok(found.every(({ metadata }) => metadata.remainingItemCount === undefined));
});

for (const selector of ["", "&labelSelector=parity"]) {
  test(`all pages show one moment, whatever is written between them${selector}`, async (context) => {
    const api = await Api.open(context, { controllers: false });
    await fill(api, 4);
    const first = await api.get(`${own}?limit=2${selector}`);
    const { resourceVersion, continue: token } = listed(first).metadata;
    await api.delete(`${own}/m2`);
    await api.put(`${own}/m3`, configMap("m3", { a: "late" }, { labels: { parity: "odd" } }));
    await api.post(own, configMap("m30", {}, { labels: { parity: "odd" } }));
    const second = await api.get(`${own}?limit=2${selector}&continue=${token!}`);
    assert.deepEqual(namesIn(second), ["m2", "m3"]);
    assert.equal(listed(second).metadata.resourceVersion, resourceVersion);
    assert.deepEqual(listed(second).items[1]?.["data"], {});
    assert.deepEqual(namesIn(await api.get(own)), ["m0", "m1", "m3", "m30"]);
  });
}

test("limits, versions and tokens that make no sense are refused", async (context) => {
  const api = await Api.open(context, { controllers: false });
  for (const query of [
    "limit=-1",
    "limit=1.5",
    "limit=x",
    "continue=x",
    "continue=WzFd",
    "resourceVersion=x",
    "resourceVersion=-1",
    "resourceVersionMatch=Newest&resourceVersion=1",
  ]) {
    const { code, body } = await api.get(`${configMaps}?${query}`);
    assert.deepEqual([code, body["kind"]], [400, "Status"], query);
  }
  assert.equal((await api.get(`${configMaps}?limit=0&resourceVersion=0`)).code, 200);
});

test("a version that is yet to come times out, one that is past is not shown as if it were exact", async (context) => {
  const api = await Api.open(context, { controllers: false });
  const { revision } = api.server;
  const early = await api.get(`${configMaps}?resourceVersion=${revision + 1000}`);
  assert.deepEqual([early.code, early.body["reason"]], [504, "Timeout"]);
  const { causes } = early.body["details"] as { causes: readonly { reason: string }[] };
  assert.equal(causes[0]?.reason, "ResourceVersionTooLarge");
  const past = await api.get(`${configMaps}?resourceVersion=1&resourceVersionMatch=Exact`);
  assert.deepEqual([past.code, past.body["reason"]], [410, "Expired"]);
  const now = await api.get(`${configMaps}?resourceVersion=${revision}&resourceVersionMatch=Exact`);
  assert.equal(now.code, 200);
});

test("a list comes as a table", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await fill(api, 3);
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const { body } = await api.get(`${own}?limit=2`, { accept });
  const table = body as unknown as {
    readonly kind: string;
    readonly metadata: JsonObject;
    readonly columnDefinitions: readonly { readonly name: string }[];
    readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: JsonObject | null }[];
  };
  assert.equal(table.kind, "Table");
  assert.equal(table.metadata["remainingItemCount"], 1);
  assert.deepEqual(
    table.columnDefinitions.map(({ name }) => name),
    ["Name", "Data", "Age"],
  );
  assert.deepEqual(
    table.rows.map(({ cells }) => cells.slice(0, 2)),
    [
      ["m0", 0],
      ["m1", 0],
    ],
  );
  assert.ok(table.rows.every(({ object }) => object?.["kind"] === "PartialObjectMetadata"));
  for (const [include, kind] of [
    ["None", undefined],
    ["Object", "ConfigMap"],
  ] as const) {
    const rows = (await api.get(`${own}?includeObject=${include}`, { accept })).body["rows"];
    assert.equal((rows as typeof table.rows)[0]?.object?.["kind"], kind, include);
  }
  assert.equal((await api.get(`${own}?includeObject=All`, { accept })).code, 400);
});

test("a list comes as metadata only", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await api.post(configMaps, configMap("a", { key: "the value" }));
  const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  const answer = await api.get(configMaps, { accept });
  const { kind, apiVersion, items } = listed(answer);
  assert.deepEqual([kind, apiVersion], ["PartialObjectMetadataList", "meta.k8s.io/v1"]);
  assert.deepEqual(Object.keys(items[0]!).toSorted(), ["apiVersion", "kind", "metadata"]);
  assert.equal(items[0]?.metadata.name, "a");
  assert.doesNotMatch(answer.text, /the value/);
});
