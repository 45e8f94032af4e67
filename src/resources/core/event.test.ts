import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { verdict } from "./core.fixture.ts";
import { eventToCore, eventToEventsGroup } from "./event.ts";
import { event, eventsEvent } from "./manifests.fixture.ts";

test("An event reads the same in both groups", () => {
  assert.deepEqual(eventToEventsGroup(event), {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: event["metadata"],
    regarding: event["involvedObject"],
    reason: "Started",
    note: "container started ",
    type: "Normal",
    deprecatedSource: { component: "kubelet", host: "n1" },
    deprecatedFirstTimestamp: "2026-01-01T00:00:00Z",
    deprecatedLastTimestamp: "2026-01-01T00:09:30Z",
    deprecatedCount: 3,
  });
  assert.deepEqual(verdict(eventToEventsGroup(event)), {
    ...verdict(eventToEventsGroup(event)),
    faults: [],
    unknown: [],
  });
  assert.deepEqual(verdict(eventToCore(eventsEvent)).faults, []);
});

test("Conversion there and back loses nothing", () => {
  const names = [
    "metadata",
    "reason",
    "series",
    "action",
    "type",
    "eventTime",
    "related",
    "reportingInstance",
  ];
  const renamed = ["involvedObject", "message", "source", "firstTimestamp", "count", "reportingComponent"];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names, ...renamed), fc.jsonValue()), (fields) => {
      const core = { ...fields, apiVersion: "v1", kind: "Event" };
      assert.deepEqual(eventToCore(eventToEventsGroup(core)), core);
    }),
  );
});
