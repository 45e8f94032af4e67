import assert from "node:assert/strict";
import { test } from "node:test";
import { selectorFault, selects } from "./selector.ts";

function expression(operator: string, values?: readonly string[]) {
  return { matchExpressions: [{ key: "team", operator, ...(values && { values }) }] };
}

test("an empty selector selects everything", () => assert.ok(selects({}, {})));

test("labels must be there with their values", () => {
  const selector = { matchLabels: { team: "blue", tier: "web" } };
  assert.ok(selects(selector, { team: "blue", tier: "web", more: "x" }));
  assert.ok(!selects(selector, { team: "blue" }));
  assert.ok(!selects(selector, { team: "blue", tier: "db" }));
});

test("In and Exists need the label, NotIn and DoesNotExist do without it", () => {
  const blue = { team: "blue" };
  assert.ok(selects(expression("In", ["red", "blue"]), blue));
  assert.ok(!selects(expression("In", ["red"]), blue));
  assert.ok(!selects(expression("In", ["red"]), {}));
  assert.ok(selects(expression("NotIn", ["red"]), blue));
  assert.ok(!selects(expression("NotIn", ["blue"]), blue));
  assert.ok(selects(expression("NotIn", ["blue"]), {}));
  assert.ok(selects(expression("Exists"), blue));
  assert.ok(!selects(expression("Exists"), {}));
  assert.ok(selects(expression("DoesNotExist"), {}));
  assert.ok(!selects(expression("DoesNotExist"), blue));
});

test("names out of the prototype are no labels", () => {
  assert.ok(!selects({ matchLabels: { constructor: "x" } }, {}));
  assert.ok(
    selects({ matchExpressions: [{ key: "constructor", operator: "DoesNotExist" }] }, { team: "blue" }),
  );
});

test("selectors that cannot be evaluated have a fault", () => {
  for (const selector of [
    expression("In"),
    expression("NotIn", []),
    expression("Exists", ["x"]),
    expression("DoesNotExist", ["x"]),
    expression("Gt", ["1"]),
    { matchLabels: { "not a name": "x" } },
    { matchLabels: { team: "not a value" } },
    { matchExpressions: [{ key: "-", operator: "Exists" }] },
  ]) {
    assert.equal(typeof selectorFault(selector), "string", JSON.stringify(selector));
  }
  assert.equal(selectorFault({ matchLabels: { "example.com/team": "Blue_1.2", tier: "" } }), undefined);
});
