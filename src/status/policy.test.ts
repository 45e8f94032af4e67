import assert from "node:assert/strict";
import { test } from "node:test";
import type { WrittenCondition } from "../resources/condition.ts";
import type { JsonObject } from "../resources/json.ts";
import { mergeStatus } from "./merge.ts";
import type { StatusPatch } from "./patch.ts";
import { StatusWriter } from "./status.ts";

const ours = "gatewright.dev/gateway-controller";
const theirs = "example.com/other";
const early = "2026-11-01T10:00:00Z";

const accepted: WrittenCondition = {
  type: "Accepted",
  status: "True",
  reason: "Accepted",
  message: "",
  observedGeneration: 1,
  lastTransitionTime: early,
};

function ancestor(name: string, controllerName: string) {
  const ancestorRef = { group: "gateway.networking.k8s.io", kind: "Gateway", name };
  return { ancestorRef, controllerName, conditions: [accepted] };
}

function policy(kind: "BackendTLSPolicy" | "XBackend", ...names: readonly string[]): StatusPatch {
  const ancestors = names.map((name) => ancestor(name, ours));
  return { kind, key: `${kind}/default/p`, status: { ancestors } };
}

function merge(patch: StatusPatch, ancestors: readonly object[]): unknown {
  const live = { metadata: {}, status: { ancestors } } as unknown as JsonObject;
  return mergeStatus(patch, live, new Set([ours]))?.["ancestors"];
}

test("ancestors of other controllers stay where they are, ours are replaced", () => {
  const foreign = ancestor("b", theirs);
  const before = [ancestor("gone", ours), foreign, ancestor("a", ours)];
  assert.deepEqual(merge(policy("BackendTLSPolicy", "a", "c"), before), [
    foreign,
    ancestor("a", ours),
    ancestor("c", ours),
  ]);
  assert.equal(merge(policy("BackendTLSPolicy", "a"), [foreign, ancestor("a", ours)]), undefined);
});

test("a full list takes no more, and those of ours that are in it stay", () => {
  const foreign = Array.from({ length: 15 }, (_, index) => ancestor(`f${index}`, theirs));
  const full = [ancestor("a", ours), ...foreign];
  assert.equal(merge(policy("BackendTLSPolicy", "a", "b"), full), undefined);
  assert.deepEqual(merge(policy("XBackend", "a", "b"), full), [...full, ancestor("b", ours)]);
});

test("what is no longer ours loses our ancestors, not theirs", () => {
  const removed: StatusPatch = { kind: "Removed", key: "BackendTLSPolicy/default/p" };
  assert.deepEqual(merge(removed, [ancestor("a", ours), ancestor("b", theirs)]), [ancestor("b", theirs)]);
});

test("each ancestor keeps its own times", () => {
  const patches: StatusPatch[] = [];
  let now = early;
  const emit = (list: readonly StatusPatch[]) => void patches.push(...list);
  const writer = new StatusWriter({ now: () => new Date(now), emit });
  const { lastTransitionTime: _, ...good } = accepted;
  const bad = { ...good, status: "False", reason: "Conflicted" } as const;
  const want = (...conditions: readonly (typeof good | typeof bad)[]) => {
    const ancestors = conditions.map((condition, index) => ({
      ...ancestor(`g${index}`, ours),
      conditions: [condition],
    }));
    writer.want([{ kind: "BackendTLSPolicy", key: "BackendTLSPolicy/default/p", ancestors }]);
  };
  want(good, good);
  now = "2026-11-02T10:00:00Z";
  want(good, good);
  assert.equal(patches.length, 1);
  want(good, bad);
  const [, last] = patches;
  assert.ok(last?.kind === "BackendTLSPolicy");
  assert.deepEqual(
    last.status.ancestors.map(({ conditions }) => conditions[0]?.lastTransitionTime),
    [early, now],
  );
});
