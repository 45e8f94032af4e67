import assert from "node:assert/strict";
import { test } from "node:test";
import { fullObjects } from "../gateway/full.fixture.ts";
import { check, edited, shown } from "../testing.ts";

const pool = fullObjects.find(({ kind }) => kind === "InferencePool");

function refused(path: (string | number)[], value: unknown, ...expected: string[]): void {
  assert.deepEqual(shown(check(edited(pool, path, value)).errors), expected);
}

test("A picker that is a Service needs a port", () => {
  const picker = ["spec", "endpointPickerRef"];
  refused(
    picker,
    { name: "a" },
    "spec.endpointPickerRef.port: An endpoint picker of kind Service needs a port",
  );
  refused(picker, { name: "a", group: "example.com", kind: "Picker" });
  refused(picker, undefined);
});

test("Ports of a pool are distinct", () => {
  const ports = (...numbers: number[]) => numbers.map((number) => ({ number }));
  refused(["spec", "targetPorts"], ports(1, 2, 3));
  refused(["spec", "targetPorts"], ports(1, 2, 1), "spec.targetPorts: Port 1 is in the list more than once");
  refused(["spec", "targetPorts"], [], "spec.targetPorts: Too few entries: 0, at least 1");
});

test("Defaults of a pool are the API's", () => {
  const { value, errors } = check(
    edited(pool, ["spec"], {
      selector: { matchLabels: { a: "b" } },
      targetPorts: [{ number: 1 }],
      endpointPickerRef: { name: "a", port: { number: 2 } },
    }),
  );
  assert.deepEqual(errors, []);
  assert.equal(value.spec.appProtocol, "http");
  assert.deepEqual(value.spec.endpointPickerRef, {
    group: "",
    kind: "Service",
    name: "a",
    port: { number: 2 },
    failureMode: "FailClose",
  });
});
