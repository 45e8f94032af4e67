import assert from "node:assert/strict";
import { test } from "node:test";
import { CorsOrigins } from "./cors-origins.ts";

const cases: readonly [pattern: string, allowed: readonly string[], denied: readonly string[]][] = [
  [
    "https://a.example",
    ["https://a.example", "HTTPS://A.Example", "https://a.example:443"],
    [
      "http://a.example",
      "https://a.example:8443",
      "https://b.a.example",
      "https://a.example.evil",
      "https://a.example/",
      "https://a.example,https://b",
      "null",
      "",
      "*",
      "https://*",
      "a.example",
    ],
  ],
  ["http://a.example", ["http://a.example", "http://a.example:80"], ["http://a.example:443"]],
  ["http://a.example:8080", ["http://a.example:8080"], ["http://a.example", "http://a.example:80"]],
  ["https://a.example:443", ["https://a.example"], ["http://a.example:443"]],
  [
    "https://*.bar.com",
    ["https://www.bar.com", "https://xpto.www.bar.com", "https://WWW.BAR.com:443"],
    [
      "https://bar.com",
      "https://.bar.com.evil",
      "https://xbar.com",
      "http://www.bar.com",
      "https://www.bar.com:8443",
      "https://*.bar.com",
      "https://evil.example#.bar.com",
      "https://evil.example/.bar.com",
      "https://evil.example@www.bar.com",
      "null",
    ],
  ],
  ["https://*.bar.com:8443", ["https://a.b.bar.com:8443"], ["https://a.bar.com"]],
  [
    "https://*",
    ["https://a", "https://b.c", "https://[::1]"],
    ["http://a", "https://a:8443", "https://", "null", "https://a b"],
  ],
  [
    "*",
    ["https://a.example", "http://localhost:3000", "null", "chrome-extension://abcdef", "http://[::1]:80"],
    ["", "*", "https://a, https://b", "https://a https://b", "https://a/path", `https://${"a".repeat(600)}`],
  ],
  ["nonsense", [], ["nonsense", "https://nonsense"]],
];

for (const [pattern, allowed, denied] of cases) {
  test(`origins let in by ${pattern}`, () => {
    const origins = new CorsOrigins([pattern]);
    for (const origin of allowed) assert.equal(origins.allows(origin), true, origin);
    for (const origin of denied) assert.equal(origins.allows(origin), false, origin);
  });
}

test("an origin may be on any place of the list", () => {
  const origins = new CorsOrigins(["https://a.example", "https://*.b.example", "http://c.example:81"]);
  for (const origin of ["https://a.example", "https://x.b.example", "http://c.example:81"])
    assert.ok(origins.allows(origin));
  assert.ok(!origins.allows("http://c.example"));
});

test("a long origin takes no long time: each character is looked at a few times", () => {
  const origins = new CorsOrigins(["https://*.b.example"]);
  assert.equal(origins.allows(`https://${"a.".repeat(30_000)}b.example`), false);
});
