import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { isTokenShaped, sessionKey, SessionTokens, tokenLength } from "./session-tokens.ts";

const secret = randomBytes(32);
const tokens = new SessionTokens(sessionKey(secret), "default/a:80");

test("what is written is read, by everybody with the same secret", () => {
  const other = new SessionTokens(sessionKey(Buffer.from(secret)), "default/a:80");
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 2 ** 40 - 1 }), (address, created) => {
      const token = tokens.write(tokens.id(address), created);
      assert.ok(isTokenShaped(token));
      assert.ok(other.owns(token));
      assert.deepEqual(other.read(token), { endpoint: other.id(address), created });
    }),
  );
});

test("a token with one bit changed is none", () => {
  const token = Buffer.from(tokens.write(tokens.id("10.0.0.1 80"), 1000), "base64url");
  for (let bit = 0; bit < token.length * 8; bit++) {
    const forged = Buffer.from(token);
    forged[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(tokens.read(forged.toString("base64url")), undefined);
  }
});

test("tokens of another backend and of another secret are none, and name other endpoints", () => {
  const token = tokens.write(tokens.id("10.0.0.1 80"), 1000);
  for (const other of [
    new SessionTokens(sessionKey(secret), "default/b:80"),
    new SessionTokens(sessionKey(randomBytes(32)), "default/a:80"),
  ]) {
    assert.equal(other.owns(token), false);
    assert.equal(other.read(token), undefined);
    assert.notEqual(other.id("10.0.0.1 80"), tokens.id("10.0.0.1 80"));
  }
});

test("a token tells nothing of the address", () => {
  const token = Buffer.from(tokens.write(tokens.id("10.0.0.1 80"), 1000), "base64url");
  assert.ok(!token.includes(Buffer.from([10, 0, 0, 1])));
  assert.ok(!token.includes("10.0.0.1"));
});

test("what is no token is not read", () => {
  for (const text of ["", "a", "A".repeat(tokenLength), "\u00e9".repeat(tokenLength), "A".repeat(1000)]) {
    assert.equal(tokens.read(text), undefined);
    assert.equal(tokens.owns(text), false);
  }
  for (const text of ["", "A".repeat(tokenLength - 1), "A".repeat(tokenLength + 1), "=".repeat(tokenLength)])
    assert.equal(isTokenShaped(text), false);
});
