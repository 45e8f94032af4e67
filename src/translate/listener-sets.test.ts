import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absent,
  http,
  makeClass,
  makeGateway,
  makeListenerSet,
  makeRoute,
  newTranslator,
  place,
  present,
} from "../../test/property/translate-objects.ts";
import type { Resource } from "../resources/resource.ts";
import type { WantedStatus } from "../resources/wanted-status.ts";
import type { Translator } from "./translate.ts";

const gatewayOne = makeGateway("a/one", [http("own", 80)]);
const gatewayTwo = makeGateway("a/two", [http("own", 80)]);
const route = makeRoute("a/r", [], "/", [], { parentRefs: [{ kind: "ListenerSet", name: "set" }] });

function setUnder(gateway: string, port = 8080): Resource {
  return makeListenerSet("a/set", gateway, [http("extra", port)]);
}

function start(...objects: readonly Resource[]): Translator {
  const translator = newTranslator();
  const ground = [makeClass("gatewright"), gatewayOne, gatewayTwo, setUnder("a/one"), route];
  const placements = [place("a/one", "127.0.0.1"), place("a/two", "127.0.0.2")];
  translator.apply({ changes: [...ground, ...objects].map(present), placements });
  return translator;
}

function summary(statuses: readonly WantedStatus[]): readonly string[] {
  return statuses.map(({ kind, key }) => `${kind} ${key}`);
}

function attachedTo(translator: Translator): readonly string[] | undefined {
  return translator.program.routes.get("HTTPRoute/a/r")?.attachments.map(({ listener }) => listener);
}

test("a set that moves to another Gateway takes its routes along, whichever of the two is looked at first", () => {
  for (const touched of [gatewayOne, gatewayTwo]) {
    const translator = start();
    assert.deepEqual(attachedTo(translator), ["a/one/a/set/extra"]);
    const note = { ...touched, metadata: { ...touched.metadata, annotations: { note: "first" } } };
    const { statuses } = translator.apply({ changes: [note, setUnder("a/two")].map(present) });
    assert.deepEqual(attachedTo(translator), ["a/two/a/set/extra"]);
    assert.ok(!statuses.some(({ kind }) => kind === "Removed"));
  }
});

test("a set whose Gateway goes is nobody's any more, and neither are its routes", () => {
  const translator = start();
  const { statuses } = translator.apply({ changes: [absent(gatewayOne)] });
  assert.deepEqual(summary(statuses), [
    "Removed Gateway/a/one",
    "Removed HTTPRoute/a/r",
    "Removed ListenerSet/a/set",
  ]);
  assert.equal(attachedTo(translator), undefined);
  translator.apply({ changes: [present(gatewayOne)] });
  assert.deepEqual(attachedTo(translator), ["a/one/a/set/extra"]);
});

test("a route that comes and goes changes the status of its set, and that of no Gateway", () => {
  const translator = start();
  const { statuses } = translator.apply({ changes: [absent(route)] });
  assert.deepEqual(summary(statuses), ["ListenerSet ListenerSet/a/set", "Removed HTTPRoute/a/r"]);
});

test("a set waits for the version that brought its listeners, and its neighbours wait for nothing", () => {
  const translator = start(makeListenerSet("a/other", "a/one", [http("extra", 7000)]));
  const { change, statuses } = translator.apply({ changes: [present(setUnder("a/one", 9000))] });
  assert.deepEqual(summary(statuses), ["ListenerSet ListenerSet/a/set"]);
  assert.ok(statuses[0]?.kind === "ListenerSet");
  assert.equal(statuses[0].version, change.version);
});

test("a port that the shift of a set leads onto belongs to the Gateway's own listener", () => {
  const translator = newTranslator();
  const gateway = makeGateway("a/one", [http("own", 8080)]);
  const set = makeListenerSet("a/set", "a/one", [http("low", 80), http("high", 9000)]);
  const { statuses } = translator.apply({
    changes: [makeClass("gatewright"), gateway, set].map(present),
    placements: [place("a/one", "127.0.0.1", 8000)],
  });
  const found = statuses.find(({ kind }) => kind === "ListenerSet");
  assert.ok(found?.kind === "ListenerSet");
  const reasons = found.listeners.map(({ name, conditions }) => `${name} ${conditions[0]?.reason}`);
  assert.deepEqual(reasons, ["low PortUnavailable", "high Accepted"]);
  assert.deepEqual([...translator.program.listeners.keys()].toSorted(), ["a/one/a/set/high", "a/one/own"]);
});
