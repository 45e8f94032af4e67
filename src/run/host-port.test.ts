import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseHostPort, urlHost } from "./host-port.ts";

test("addresses and names with a port are read", () => {
  assert.deepEqual(parseHostPort("127.0.0.1:80"), { host: "127.0.0.1", port: 80 });
  assert.deepEqual(parseHostPort("[2001:DB8::1]:443"), { host: "2001:db8::1", port: 443 });
  assert.deepEqual(parseHostPort("API.example.com:65535"), { host: "api.example.com", port: 65_535 });
});

test("anything else is not", () => {
  for (const text of [
    "",
    "80",
    ":80",
    "a",
    "a:",
    "a:0",
    "a:65536",
    "::1:80",
    "[::1]",
    "[1.2.3.4]:80",
    "1.2.3:80",
    "256.1.1.1:1",
    "a b:80",
    "-a:80",
    "a_b:80",
    "a:80/x",
  ]) {
    assert.equal(parseHostPort(text), undefined, text);
  }
});

test("what is read is written as it was", () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      assert.deepEqual(parseHostPort(`${urlHost(name)}:${port}`), { host: name.toLowerCase(), port });
    }),
  );
});
