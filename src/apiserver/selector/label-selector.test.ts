import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ApiError } from "../error.ts";
import { parseLabelSelector } from "./label-selector.ts";

const labels = {
  app: "web",
  tier: "front",
  "example.org/size": "12",
  empty: "",
  in: "x",
  big: "9223372036854775807",
};

const cases: readonly (readonly [selector: string, matches: boolean])[] = [
  ["", true],
  [" \t", true],
  ["app=web", true],
  ["app == web", true],
  ["app=api", false],
  ["other=web", false],
  ["app!=web", false],
  ["app!=api", true],
  ["other!=web", true],
  ["app in (web, api)", true],
  ["app in(api)", false],
  ["app notin (api)", true],
  ["app notin (web)", false],
  ["other notin (web)", true],
  ["other in (web)", false],
  ["app", true],
  ["other", false],
  ["!other", true],
  ["! app", false],
  ["example.org/size>11", true],
  ["example.org/size>12", false],
  ["example.org/size<13", true],
  ["app>1", false],
  ["other<1", false],
  ["big>9223372036854775806", true],
  ["app=web,tier=front", true],
  ["app=web,tier=back", false],
  ["empty=", true],
  ["empty=,app", true],
  ["empty in ()", true],
  ["empty in (,a)", true],
  ["empty in (a,,b)", true],
  ["app in ()", false],
  ["app=", false],
  ["in=x", true],
  ["in in (x,in,notin)", true],
  ["constructor", false],
  ["toString notin (a)", true],
];

for (const [selector, matches] of cases) {
  test(`label selector "${selector}" ${matches ? "holds" : "does not hold"}`, () => {
    assert.equal(parseLabelSelector(selector)(labels), matches);
  });
}

const faults: readonly (readonly [selector: string, message: RegExp])[] = [
  [",", /character 1: ","/],
  ["app,", /character 5: the end/],
  ["app=web tier", /character 9: "tier" where "," or the end/],
  ["app===web", /character 6: "="/],
  ["app=>1", /character 5: ">"/],
  ["!app=web", /character 5: "="/],
  ["app in web", /character 8: "web" where "\("/],
  ["app in (web", /character 12: the end/],
  ["app in (web api)", /character 13: "api"/],
  ["app web", /character 5: "web" where one of =, ==, !=/],
  ["a/b/c=1", /character 1: label key "a\/b\/c"/],
  ["UPPER.org/a=1", /character 1: label key/],
  [`${"k".repeat(64)}=1`, /at most 63/],
  ["app=-x", /character 5: label value "-x"/],
  [`app=${"v".repeat(64)}`, /longer than 63/],
  ["app>x", /character 5: "x" after ">" is not an integer/],
  ["app>", /character 5: "" after ">"/],
  ["app>9223372036854775808", /not an integer of 64 bits/],
  ["app=a\u0000b", /label value/],
];

for (const [selector, message] of faults) {
  test(`label selector "${selector.slice(0, 20)}" is refused`, () => {
    assert.throws(
      () => parseLabelSelector(selector),
      (error) => error instanceof ApiError && error.reason === "BadRequest" && message.test(error.message),
    );
  });
}

test("any text is a selector or a bad request", () => {
  const text = fc.array(
    fc.constantFrom("a", "in", "notin", "=", "!", "(", ")", ",", "<", ">", " ", "é", "/", "1"),
  );
  fc.assert(
    fc.property(text, (parts) => {
      try {
        assert.equal(typeof parseLabelSelector(parts.join(""))(labels), "boolean");
      } catch (error) {
        assert.ok(error instanceof ApiError && error.reason === "BadRequest", String(error));
      }
    }),
  );
});

test("a requirement and its opposite never agree", () => {
  const key = fc.constantFrom("app", "other");
  const value = fc.constantFrom("web", "api");
  fc.assert(
    fc.property(key, fc.array(value, { minLength: 1 }), (name, values) => {
      const list = `(${values.join(",")})`;
      const within = parseLabelSelector(`${name} in ${list}`)(labels);
      assert.notEqual(within, parseLabelSelector(`${name} notin ${list}`)(labels));
    }),
  );
});
