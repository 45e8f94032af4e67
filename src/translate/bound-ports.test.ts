import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundPorts, type SpecPort } from "./bound-ports.ts";
import type { Transport } from "./protocol.ts";

function port(transport: Transport, number: number): SpecPort {
  return { transport, port: number };
}

test("a shift is stopped by a port of the same transport, and by no other", () => {
  const ports = new BoundPorts(8000);
  const own = [port("TCP", 80), port("UDP", 53), port("UDP", 8080), port("TCP", 8053)];
  ports.add(own);
  assert.deepEqual(
    own.map((one) => ports.boundPort(one.port)),
    [8080, 8053, 8080, 8053],
  );
  assert.deepEqual(
    own.map((one) => ports.rival(one)),
    [undefined, undefined, undefined, undefined],
  );
  const late = [port("TCP", 8080), port("UDP", 8053), port("UDP", 80)];
  ports.add(late);
  assert.deepEqual(
    late.map((one) => ports.rival(one)),
    [80, 53, 8080],
  );
});

test("within one object the port that is not shifted goes first", () => {
  const ports = new BoundPorts(8000);
  ports.add([port("UDP", 53), port("UDP", 8053)]);
  assert.equal(ports.rival(port("UDP", 53)), 8053);
  assert.equal(ports.rival(port("UDP", 8053)), undefined);
});
