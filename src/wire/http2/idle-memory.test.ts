import assert from "node:assert/strict";
import { test } from "node:test";
import { heldMemory } from "../../std/testing.ts";
import { encodeScheme, encodeStatus } from "../hpack/encoder.ts";
import { encodeRequest } from "./encode.ts";
import { preface, headersFrames, settingsFrame } from "./frame.ts";
import { Side } from "./testing.ts";

const sides = 2000;
const hello = Buffer.from(preface + settingsFrame([]), "latin1");
const get = encodeScheme("http") + encodeRequest("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
const ok = encodeStatus(204);

/** Has a server answer so many requests that come at once. */
function serve(side: Side, requests: number): void {
  let text = "";
  const first = side.session.lastPeerStream === 0 ? 1 : side.session.lastPeerStream + 2;
  for (let i = 0; i < requests; i++) text += headersFrames(first + 2 * i, get, true);
  side.read(Buffer.from(text, "latin1"));
  for (const { stream } of side.requests) stream!.sendHead(ok, true);
  side.requests.length = 0;
  side.take();
}

function begin(): Side {
  const side = new Side("server");
  side.read(hello);
  side.take();
  return side;
}

/** Bytes of a session with its reader; with a table of slots for each it would be three thousand. */
const most = 1700;

test("an idle connection keeps little, and little more after it was busy", () => {
  // What is made once is made here.
  serve(begin(), 100);
  const before = heldMemory();
  const all = Array.from({ length: sides }, begin);
  const idle = (heldMemory() - before) / sides;
  assert.ok(idle < most, `${idle} bytes`);
  for (const side of all) serve(side, 100);
  const again = (heldMemory() - before) / sides;
  assert.ok(again < most, `${again} bytes`);
  for (const { session, fault } of all) {
    assert.equal(fault, undefined);
    assert.equal(session.streams.size, 0);
    assert.equal(session.lastTaken, 199);
  }
});
