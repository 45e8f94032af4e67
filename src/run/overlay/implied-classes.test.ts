import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resource, ResourceChange } from "../../resources/resource.ts";
import { controllerName, ImpliedClasses } from "./implied-classes.ts";

const created = "2026-01-01T00:00:00Z";

function meta(namespace: string, name: string) {
  return { namespace, name, creationTimestamp: created, generation: 1, labels: {}, annotations: {} };
}

function gateway(name: string, gatewayClassName: string): ResourceChange {
  const object = {
    apiVersion: "v1",
    kind: "Gateway",
    metadata: meta("default", name),
    spec: { gatewayClassName, listeners: [] },
  };
  return { key: `Gateway/default/${name}`, object };
}

function definition(name: string): ResourceChange {
  const object = {
    apiVersion: "v1",
    kind: "GatewayClass",
    metadata: meta("", name),
    spec: { controllerName: "example.com/x" },
  };
  return { key: `GatewayClass//${name}`, object };
}

/** What an observer of all changes would hold for a class, as its controller's name. */
function fold(
  changes: readonly ResourceChange[],
  into: Map<string, Resource | undefined>,
): Map<string, Resource | undefined> {
  for (const { key, object } of changes) into.set(key, object);
  return into;
}

function controllerOf(seen: ReadonlyMap<string, Resource | undefined>, name: string): string | undefined {
  const object = seen.get(`GatewayClass//${name}`) as { spec: { controllerName: string } } | undefined;
  return object?.spec.controllerName;
}

test("a class that a Gateway names and nobody defines is implied, and goes with its last Gateway", () => {
  const classes = new ImpliedClasses(created);
  const seen = fold(classes.apply([gateway("a", "prod"), gateway("b", "prod")]), new Map());
  assert.equal(controllerOf(seen, "prod"), controllerName);
  assert.deepEqual(classes.implied, ["prod"]);
  fold(classes.apply([{ key: "Gateway/default/a" }]), seen);
  assert.equal(controllerOf(seen, "prod"), controllerName);
  fold(classes.apply([gateway("b", "other")]), seen);
  assert.equal(controllerOf(seen, "prod"), undefined);
  assert.deepEqual(classes.implied, ["other"]);
});

test("a defined class is left alone, whichever comes first", () => {
  const classes = new ImpliedClasses(created);
  const seen = fold(classes.apply([gateway("a", "prod"), definition("prod")]), new Map());
  assert.equal(controllerOf(seen, "prod"), "example.com/x");
  assert.deepEqual(classes.implied, []);
});

test("a definition replaces the implied class and gives way to it again", () => {
  const classes = new ImpliedClasses(created);
  const seen = fold(classes.apply([gateway("a", "prod")]), new Map());
  fold(classes.apply([definition("prod")]), seen);
  assert.equal(controllerOf(seen, "prod"), "example.com/x");
  fold(classes.apply([{ key: "GatewayClass//prod" }]), seen);
  assert.equal(controllerOf(seen, "prod"), controllerName);
});

test("an edit that keeps the class says nothing about classes", () => {
  const classes = new ImpliedClasses(created);
  classes.apply([gateway("a", "prod")]);
  const again = [gateway("a", "prod")];
  assert.deepEqual(classes.apply(again), again);
});
