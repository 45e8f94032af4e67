import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Api, route, routes } from "../apiserver/testing.ts";
import { connectToServer, openClient } from "../kube/kube.ts";
import { isJsonObject, type JsonObject } from "../resources/json.ts";
import { kinds } from "../resources/kinds.ts";
import { ClusterSource, type ClusterEvent } from "./cluster.ts";

const httpRoutes = kinds.filter(({ kind }) => kind === "HTTPRoute");
const definition =
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/httproutes.gateway.networking.k8s.io";

/** A source on a real server, and its events one after the other. */
class Follow {
  readonly api: Api;
  readonly source: ClusterSource;
  private readonly events: ClusterEvent[] = [];
  private wake: () => void = () => undefined;

  constructor(context: TestContext, api: Api, trust: "checked" | "unchecked", kinds = httpRoutes) {
    this.api = api;
    const { url, ca, token } = api.server;
    const client = openClient(connectToServer({ server: url, ca, token }));
    this.source = new ClusterSource({
      client,
      kinds,
      trust,
      onEvent: (event) => {
        this.events.push(event);
        this.wake();
        return Promise.resolve();
      },
    });
    context.after(async () => {
      await this.source.close();
      client.close();
    });
  }

  async next(): Promise<ClusterEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** The events up to the one that shows the object as it is now. */
  async until(name: string): Promise<readonly ClusterEvent[]> {
    const { body } = await this.api.get(`${routes}/${name}`);
    const version = isJsonObject(body["metadata"]) ? body["metadata"]["resourceVersion"] : undefined;
    const isThere = body["kind"] === "HTTPRoute";
    for (;;) {
      const index = this.events.findIndex(({ versions, changes }) =>
        isThere
          ? versions.get(`HTTPRoute/default/${name}`) === version
          : changes.some(({ key, object }) => key === `HTTPRoute/default/${name}` && object === undefined),
      );
      if (index >= 0) return this.events.splice(0, index + 1);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

function hostname(name: string, host: string): JsonObject {
  return route(name, { hostnames: [host] });
}

function hostsOf(events: readonly ClusterEvent[]): readonly string[] {
  return events.flatMap(({ changes }) =>
    changes.map(({ key, object }) => {
      const { spec } = (object ?? {}) as { spec?: { hostnames?: readonly string[] } };
      return `${key.slice("HTTPRoute/default/".length)} ${object === undefined ? "gone" : spec?.hostnames?.join()}`;
    }),
  );
}

/** A cluster whose definition checks nothing, as one of an older or a newer release may. */
async function laxApi(context: TestContext): Promise<Api> {
  const api = await Api.open(context);
  const { body } = await api.get(definition);
  const spec = body["spec"] as JsonObject & { readonly versions: readonly JsonObject[] };
  const schema = {
    openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  };
  const versions = spec.versions.map((version) => ({ ...version, schema }));
  const { code, text } = await api.put(definition, { ...body, spec: { ...spec, versions } });
  assert.equal(code, 200, text);
  return api;
}

async function write(api: Api, method: "post" | "put", object: JsonObject): Promise<void> {
  const { name } = object["metadata"] as { readonly name: string };
  const before = method === "put" ? (await api.get(`${routes}/${name}`)).body["metadata"] : {};
  const metadata = { ...(before as JsonObject), name };
  const path = method === "put" ? `${routes}/${name}` : routes;
  const { code, text } = await api[method](path, { ...object, metadata });
  assert.ok(code < 300, text);
}

test("an invalid object keeps its last good version, its neighbours go on", async (context) => {
  const api = await laxApi(context);
  await write(api, "post", hostname("a", "a.example"));
  await write(api, "post", hostname("bad", "NOT A HOST"));
  const follow = new Follow(context, api, "unchecked");
  const first = await follow.until("bad");
  assert.deepEqual(hostsOf(first), ["a a.example"]);
  const [problem] = first.at(-1)!.problems;
  assert.deepEqual([problem?.object, problem?.keptLastGood], ["HTTPRoute/default/bad", false]);
  assert.match(problem!.message, /^spec\.hostnames/);

  await write(api, "put", hostname("a", "NOT A HOST"));
  const second = await follow.until("a");
  assert.deepEqual(hostsOf(second), []);
  const stand = second.at(-1)!.problems.map(({ object, keptLastGood }) => `${object} ${keptLastGood}`);
  assert.deepEqual(
    stand.toSorted((a, b) => (a < b ? -1 : 1)),
    ["HTTPRoute/default/a true", "HTTPRoute/default/bad false"],
  );

  await write(api, "put", hostname("a", "mended.example"));
  await write(api, "post", hostname("c", "c.example"));
  const third = await follow.until("c");
  assert.deepEqual(hostsOf(third), ["a mended.example", "c c.example"]);
  assert.deepEqual(
    third.at(-1)!.problems.map(({ object }) => object),
    ["HTTPRoute/default/bad"],
  );
});

test("an invalid object that goes takes its problem and its last good version with it", async (context) => {
  const api = await laxApi(context);
  await write(api, "post", hostname("a", "a.example"));
  const follow = new Follow(context, api, "unchecked");
  await follow.until("a");
  await write(api, "put", hostname("a", "NOT A HOST"));
  assert.equal((await follow.until("a")).at(-1)!.problems.length, 1);
  await api.delete(`${routes}/a`);
  const last = await follow.until("a");
  assert.deepEqual(hostsOf(last), ["a gone"]);
  assert.deepEqual(last.at(-1)!.problems, []);
  assert.equal(follow.source.versionOf("HTTPRoute/default/a"), undefined);
});

for (const trust of ["checked", "unchecked"] as const) {
  test(`a new status is no change, labels and spec are (${trust})`, async (context) => {
    const api = await Api.open(context);
    await write(api, "post", hostname("a", "a.example"));
    const follow = new Follow(context, api, trust);
    assert.deepEqual(hostsOf(await follow.until("a")), ["a a.example"]);
    await api.patch(`${routes}/a/status`, "merge", { status: { parents: [] } });
    assert.deepEqual(hostsOf(await follow.until("a")), []);
    await api.patch(`${routes}/a`, "merge", { metadata: { labels: { x: "1" } } });
    assert.deepEqual(hostsOf(await follow.until("a")), ["a a.example"]);
    await api.patch(`${routes}/a`, "merge", { spec: { hostnames: ["b.example"] } });
    assert.deepEqual(hostsOf(await follow.until("a")), ["a b.example"]);
    await api.delete(`${routes}/a`);
    assert.deepEqual(hostsOf(await follow.until("a")), ["a gone"]);
  });
}

test("a kind that the server has not is lacked, and keeps nobody waiting", async (context) => {
  const api = await Api.open(context);
  const missing = httpRoutes.map((kind) => ({ ...kind, kind: "NoRoute", plural: "noroutes" }));
  const { source } = new Follow(context, api, "checked", [...httpRoutes, ...missing]);
  await source.synced;
  assert.deepEqual([source.lacks("HTTPRoute"), source.lacks("NoRoute")], [false, true]);
});

test("what an older version of a kind allowed is read, though the newer one would refuse it", async (context) => {
  const api = await Api.open(context);
  const base = "/apis/gateway.networking.k8s.io/v1alpha2/namespaces/default/tlsroutes";
  const backendRefs = [{ name: "web", port: 443 }];
  const { code, text } = await api.post(base, {
    apiVersion: "gateway.networking.k8s.io/v1alpha2",
    kind: "TLSRoute",
    metadata: { name: "any" },
    spec: { parentRefs: [{ name: "gw" }], rules: [{ backendRefs }] },
  });
  assert.equal(code, 201, text);
  const tlsRoutes = kinds.filter(({ kind }) => kind === "TLSRoute");
  const follow = new Follow(context, api, "unchecked", tlsRoutes);
  assert.equal(follow.source.hasRead("TLSRoute"), false);
  const { changes, problems } = await follow.next();
  assert.equal(follow.source.hasRead("TLSRoute"), true);
  assert.deepEqual(
    changes.map(({ key }) => key),
    ["TLSRoute/default/any"],
  );
  assert.deepEqual(problems, []);
});
