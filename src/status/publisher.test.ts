import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Api, route, routes } from "../apiserver/testing.ts";
import { connectToServer, openClient } from "../kube/kube.ts";
import type { JsonObject } from "../resources/json.ts";
import type { RouteWanted } from "../resources/wanted-status.ts";
import type { StatusPatch } from "./patch.ts";
import { StatusPublisher } from "./publisher.ts";

const key = "HTTPRoute/default/a";
const path = `${routes}/a`;
const controllerName = "gatewright.dev/gateway-controller";
const lastTransitionTime = "2026-11-01T10:00:00Z";
const condition = { type: "Accepted", reason: "Accepted", message: "", observedGeneration: 1 };
const foreign = {
  parentRef: { name: "other" },
  controllerName: "example.com/other",
  conditions: [{ ...condition, status: "Unknown", lastTransitionTime }],
};

function wanted(status: "True" | "False" = "True"): StatusPatch {
  const parents = [
    {
      parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "web" },
      controllerName,
      conditions: [{ ...condition, status, lastTransitionTime }],
    },
  ];
  return { kind: "HTTPRoute", key, status: { parents } };
}

/** A route in a real server; `seen` is what the publisher believes to be there. */
class Stage {
  readonly api: Api;
  readonly publisher: StatusPublisher;
  readonly refusals: string[] = [];
  private seen: JsonObject | undefined;

  static async open(context: TestContext): Promise<Stage> {
    const stage = new Stage(context, await Api.open(context));
    assert.equal((await stage.api.post(routes, route("a"))).code, 201);
    await stage.look();
    return stage;
  }

  private constructor(context: TestContext, api: Api) {
    this.api = api;
    const { url, ca, token } = api.server;
    const client = openClient(connectToServer({ server: url, ca, token }));
    this.publisher = new StatusPublisher({
      client,
      find: (asked) => (asked === key ? this.seen : undefined),
      onRefused: (refused, message) => this.refusals.push(`${refused}: ${message}`),
    });
    context.after(() => {
      this.publisher.close();
      client.close();
    });
  }

  async look(): Promise<void> {
    this.seen = (await this.api.get(path)).body;
  }

  async publish(patch: StatusPatch): Promise<void> {
    this.publisher.publish(patch);
    await this.publisher.idle();
  }

  /** `CONTROLLER STATUS` of the parents; rejects when the route is gone. */
  async parents(): Promise<readonly string[]> {
    const { body, code } = await this.api.get(path);
    assert.equal(code, 200);
    const { parents = [] } = (body["status"] ?? {}) as { parents?: readonly (typeof foreign)[] };
    return parents.map(({ controllerName: name, conditions }) => {
      return `${name} ${conditions[0]?.status}`;
    });
  }

  async overwrite(parents: readonly unknown[]): Promise<void> {
    const { code, text } = await this.api.patch(`${path}/status`, "merge", { status: { parents } });
    assert.equal(code, 200, text);
  }
}

test("a status is written once", async (context) => {
  const stage = await Stage.open(context);
  await stage.publish(wanted());
  assert.deepEqual(await stage.parents(), [`${controllerName} True`]);
  const { revision } = stage.api.server;
  await stage.look();
  await stage.publish(wanted());
  assert.equal(stage.api.server.revision, revision);
});

test("what somebody wrote over is written again when asked, and theirs survives", async (context) => {
  const stage = await Stage.open(context);
  await stage.publish(wanted());
  await stage.overwrite([foreign]);
  await stage.look();
  await stage.publish(wanted());
  assert.deepEqual(await stage.parents(), ["example.com/other Unknown", `${controllerName} True`]);
});

test("after a conflict it is computed anew from what is there", async (context) => {
  const stage = await Stage.open(context);
  // The publisher has not seen it.
  await stage.overwrite([foreign]);
  await stage.publish(wanted());
  assert.deepEqual(await stage.parents(), ["example.com/other Unknown", `${controllerName} True`]);
  assert.deepEqual(stage.refusals, []);
});

test("the latest wish stands in the end", async (context) => {
  const stage = await Stage.open(context);
  stage.publisher.publish(wanted("True"));
  await stage.publish(wanted("False"));
  assert.deepEqual(await stage.parents(), [`${controllerName} False`]);
});

test("a route that is no longer ours loses our entry, not theirs", async (context) => {
  const stage = await Stage.open(context);
  await stage.overwrite([foreign]);
  await stage.look();
  await stage.publish(wanted());
  await stage.look();
  await stage.publish({ kind: "Removed", key });
  assert.deepEqual(await stage.parents(), ["example.com/other Unknown"]);
});

test("nothing is written to what is gone", async (context) => {
  const stage = await Stage.open(context);
  await stage.api.delete(path);
  const { revision } = stage.api.server;
  await stage.publish(wanted());
  await stage.publish({ ...wanted(), key: "HTTPRoute/default/unknown" });
  assert.equal(stage.api.server.revision, revision);
  assert.deepEqual(stage.refusals, []);
});

test("a status that the server refuses is told of", async (context) => {
  const stage = await Stage.open(context);
  const patch = wanted() as Extract<StatusPatch, { kind: RouteWanted["kind"] }>;
  const [parent] = patch.status.parents;
  const parents = [{ ...parent!, controllerName: "no domain" }];
  await stage.publish({ ...patch, status: { parents } });
  assert.match(stage.refusals.join(), /^HTTPRoute\/default\/a: .*controllerName/);
});
