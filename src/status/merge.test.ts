import assert from "node:assert/strict";
import { test } from "node:test";
import type { WrittenCondition } from "../resources/condition.ts";
import type { JsonObject } from "../resources/json.ts";
import { mergeStatus } from "./merge.ts";
import type { StatusPatch } from "./patch.ts";

const ours = "gatewright.dev/gateway-controller";
const theirs = "example.com/other";
const early = "2026-11-01T10:00:00Z";
const late = "2026-11-02T10:00:00Z";

function condition(
  type: string,
  time: string,
  status: "True" | "False" = "True",
  message = "",
): WrittenCondition {
  return { type, status, reason: type, message, observedGeneration: 1, lastTransitionTime: time };
}

function gateway(...conditions: readonly WrittenCondition[]): StatusPatch {
  return {
    kind: "Gateway",
    key: "Gateway/default/web",
    status: { addresses: [], attachedListenerSets: 0, conditions, listeners: [] },
  };
}

function listening(name: string, ...conditions: readonly WrittenCondition[]): StatusPatch {
  const listeners = [{ name, supportedKinds: [], attachedRoutes: 1, conditions }];
  return {
    kind: "Gateway",
    key: "Gateway/default/web",
    status: { addresses: [], attachedListenerSets: 0, conditions: [], listeners },
  };
}

function listenerSet(...conditions: readonly WrittenCondition[]): StatusPatch {
  const listeners = [listener("http")];
  return { kind: "ListenerSet", key: "ListenerSet/default/more", status: { conditions, listeners } };
}

function parent(name: string, controllerName: string, ...conditions: readonly WrittenCondition[]) {
  return {
    parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name },
    controllerName,
    conditions,
  };
}

function route(...parents: readonly ReturnType<typeof parent>[]): StatusPatch {
  return { kind: "HTTPRoute", key: "HTTPRoute/default/route", status: { parents } };
}

function listener(name: string, ...conditions: readonly WrittenCondition[]) {
  return { name, supportedKinds: [], attachedRoutes: 1, conditions };
}

function gatewayClass(...names: readonly string[]): StatusPatch {
  const supportedFeatures = names.map((name) => ({ name }));
  return { kind: "GatewayClass", key: "GatewayClass//prod", status: { conditions: [], supportedFeatures } };
}

const removed: StatusPatch = { kind: "Removed", key: "HTTPRoute/default/route" };

interface Case {
  readonly name: string;
  readonly patch: StatusPatch;
  readonly before?: object;
  readonly after: object | undefined;
}

const cases: readonly Case[] = [
  {
    name: "an object without a status gets ours",
    patch: gateway(condition("Accepted", early)),
    after: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [condition("Accepted", early)],
      listeners: [],
    },
  },
  {
    name: "our conditions are replaced where they stand, foreign ones stay",
    patch: gateway(condition("Accepted", late, "False"), condition("Programmed", late)),
    before: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [condition("Theirs", early), condition("Accepted", early), condition("AlsoTheirs", early)],
      listeners: [],
    },
    after: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [
        condition("Theirs", early),
        condition("Accepted", late, "False"),
        condition("AlsoTheirs", early),
        condition("Programmed", late),
      ],
      listeners: [],
    },
  },
  {
    name: "the time stays while the status does, whatever else is new",
    patch: gateway(condition("Accepted", late, "True", "new words")),
    before: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [condition("Accepted", early)],
      listeners: [],
    },
    after: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [condition("Accepted", early, "True", "new words")],
      listeners: [],
    },
  },
  {
    name: "foreign fields of the status stay",
    patch: gateway(),
    before: { attachedListenerSets: 2, theirs: 3 },
    after: { theirs: 3, addresses: [], attachedListenerSets: 0, conditions: [], listeners: [] },
  },
  {
    name: "conditions of ours that come and go go, and foreign ones beside them stay",
    patch: listening("http", condition("Accepted", late)),
    before: {
      listeners: [listener("http", condition("OverlappingTLSConfig", early), condition("Theirs", early))],
    },
    after: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [],
      listeners: [listener("http", condition("Theirs", early), condition("Accepted", late))],
    },
  },
  {
    name: "a route that is whole again is not partly invalid any more",
    patch: route(parent("a", ours, condition("Accepted", early))),
    before: {
      parents: [
        parent("a", ours, condition("PartiallyInvalid", early), condition("Accepted", early)),
        parent("a", theirs, condition("PartiallyInvalid", early)),
      ],
    },
    after: {
      parents: [
        parent("a", ours, condition("Accepted", early)),
        parent("a", theirs, condition("PartiallyInvalid", early)),
      ],
    },
  },
  {
    name: "a ListenerSet has conditions and listeners, and no addresses",
    patch: listenerSet(condition("Accepted", late)),
    before: { conditions: [condition("Accepted", early), condition("Theirs", early)] },
    after: {
      conditions: [condition("Accepted", early), condition("Theirs", early)],
      listeners: [listener("http")],
    },
  },
  {
    name: "foreign conditions of a listener stay, listeners that are gone go",
    patch: listening("http", condition("Accepted", late)),
    before: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [],
      listeners: [
        listener("gone", condition("Theirs", early)),
        listener("http", condition("Theirs", early), condition("Accepted", early)),
      ],
    },
    after: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [],
      listeners: [listener("http", condition("Theirs", early), condition("Accepted", early))],
    },
  },
  {
    name: "foreign parents stay in place, those of ours that nobody wants go",
    patch: route(parent("a", ours, condition("Accepted", late)), parent("new", ours)),
    before: {
      parents: [
        parent("a", theirs, condition("Accepted", early)),
        parent("gone", ours),
        parent("a", ours, condition("Theirs", early), condition("Accepted", early, "False")),
        parent("b", theirs),
      ],
    },
    after: {
      parents: [
        parent("a", theirs, condition("Accepted", early)),
        parent("a", ours, condition("Theirs", early), condition("Accepted", late)),
        parent("b", theirs),
        parent("new", ours),
      ],
    },
  },
  {
    name: "a route that is no longer ours loses our parents only",
    patch: removed,
    before: { parents: [parent("a", ours), parent("a", theirs)] },
    after: { parents: [parent("a", theirs)] },
  },
  {
    name: "the features of a class are replaced as a whole",
    patch: gatewayClass("A", "C"),
    before: { conditions: [], supportedFeatures: [{ name: "A" }, { name: "B" }] },
    after: { conditions: [], supportedFeatures: [{ name: "A" }, { name: "C" }] },
  },
  {
    name: "entries that are no objects are not kept",
    patch: route(parent("a", ours)),
    before: { parents: [null, "text", parent("b", theirs)] },
    after: { parents: [parent("b", theirs), parent("a", ours)] },
  },
  {
    name: "nothing to write: only the time would differ",
    patch: gateway(condition("Accepted", late)),
    before: {
      addresses: [],
      attachedListenerSets: 0,
      conditions: [condition("Accepted", early)],
      listeners: [],
    },
    after: undefined,
  },
  {
    name: "nothing to write: the parents are there, between foreign ones",
    patch: route(parent("a", ours, condition("Accepted", late))),
    before: { parents: [parent("b", theirs), parent("a", ours, condition("Accepted", early))] },
    after: undefined,
  },
  {
    name: "nothing to write: nothing of ours is there to remove",
    patch: removed,
    before: { parents: [parent("a", theirs)] },
    after: undefined,
  },
  { name: "nothing to write: no status to remove from", patch: removed, after: undefined },
];

for (const { name, patch, before, after } of cases) {
  test(name, () => {
    const live = { metadata: {}, ...(before !== undefined && { status: before }) } as JsonObject;
    const copy = structuredClone(live);
    assert.deepEqual(mergeStatus(patch, live, new Set([ours])), after);
    assert.deepEqual(live, copy, "what was seen is shared with others");
  });
}
