import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { test } from "node:test";
import { GuardedAddress } from "./guarded-address.ts";

function look(guarded: GuardedAddress, all: boolean): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    guarded.lookup(guarded.host, { all }, (error, found) => {
      if (error === null) resolve(found);
      else reject(error);
    });
  });
}

const refusal = {
  message: /^no connection to localhost:8080: it leads to .*127\.0\.0\.1, a loopback address/,
};

test("a name that leads to what is barred is no address, and standard error says so once a minute", async (t) => {
  const write = t.mock.method(process.stderr, "write", () => true);
  const guarded = new GuardedAddress("localhost", 8080, "special and loopback");
  for (const all of [true, false, true]) await assert.rejects(look(guarded, all), refusal);
  assert.equal(write.mock.callCount(), 1);
  assert.match(String(write.mock.calls[0]!.arguments[0]), /^no connection to localhost:8080.*\n$/);
});

test("one that does not resolves as it would have, in either form that sockets ask for", async () => {
  const guarded = new GuardedAddress("localhost", 8080, "special");
  const all = await look(guarded, true);
  assert.ok(Array.isArray(all) && all.some(({ address }) => address === "127.0.0.1"));
  const one = await look(guarded, false);
  assert.ok(one === "127.0.0.1" || one === "::1");
});

test("a name that does not resolve fails as always", async () => {
  await assert.rejects(look(new GuardedAddress("name.invalid", 80, "special"), true), { code: /^E/ });
});
