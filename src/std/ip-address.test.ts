import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import * as fc from "fast-check";
import { canonicalAddress } from "./ip-address.ts";

const forms: readonly (readonly [text: string, canonical: string])[] = [
  ["192.0.2.7", "192.0.2.7"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["2001:DB8:0:0::000A", "2001:db8::a"],
  ["::ffff:127.0.0.7", "127.0.0.7"],
  ["0:0:0:0:0:FFFF:7f00:7", "127.0.0.7"],
  ["::", "::"],
  ["FE80:0::1%lo", "fe80::1%lo"],
  ["", ""],
  ["localhost", "localhost"],
  ["127.1", "127.1"],
];

for (const [text, canonical] of forms)
  test(`${text || "nothing"} is ${canonical || "nothing"}`, () => {
    assert.equal(canonicalAddress(text), canonical);
  });

test("every way to write an address of IPv6 comes to the same form", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const whole = groups.map((group) => group.toString(16).padStart(4, "0").toUpperCase()).join(":");
      const canonical = canonicalAddress(whole);
      assert.equal(canonicalAddress(groups.map((group) => group.toString(16)).join(":")), canonical);
      assert.equal(canonicalAddress(canonical), canonical);
      assert.notEqual(isIP(canonical), 0);
    }),
  );
});
