import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { encodeField, encodeScheme, encodeStatus } from "../hpack/encoder.ts";
import { encodeLines, encodeRequest } from "./encode.ts";
import { ErrorCode } from "./fault.ts";
import { frameHeader, maxWindow, Setting, settingsFrame } from "./frame.ts";
import { connectionWindow, largeStreamWindow, maxStreams } from "./limits.ts";
import { type Recorder, settle, Side } from "./testing.ts";

const numRuns = Number(process.env["RUNS"] ?? 300);

const post = encodeScheme("http") + encodeRequest("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
const ok = encodeStatus(200);
const trailers = encodeLines("x-sum: 1\r\n");

/** What one of the two sides, or the wire between them, does next. */
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("open" as const) }),
    fc.record({ do: fc.constant("send" as const), at: fc.nat(20), size: fc.nat(40_000), as: fc.nat(2) }),
    fc.record({ do: fc.constant("end" as const), at: fc.nat(20), trailers: fc.boolean() }),
    fc.record({ do: fc.constant("reset" as const), at: fc.nat(20), client: fc.boolean() }),
    fc.record({ do: fc.constant("credit" as const), at: fc.nat(20) }),
    fc.record({ do: fc.constant("window" as const), client: fc.boolean(), size: fc.nat(100_000) }),
    fc.record({ do: fc.constant("congest" as const), client: fc.boolean(), on: fc.boolean() }),
    fc.record({ do: fc.constant("carry" as const), client: fc.boolean(), parts: fc.nat(3) }),
  ),
  { maxLength: 60 },
);

/** One way of one stream: what was given to it, and what has come out. */
class Way {
  given = "";
  ended = false;
  readonly from: Recorder;
  readonly to: () => Recorder | undefined;

  constructor(from: Recorder, to: () => Recorder | undefined) {
    this.from = from;
    this.to = to;
  }
}

class World {
  readonly client = new Side("client");
  readonly server = new Side("server");
  readonly ways: Way[] = [];
  private letters = 0;

  open(): void {
    if (!this.client.session.hasRoom || this.client.session.streams.size >= 100) return;
    const asked = this.client.open();
    asked.credits = false;
    asked.stream!.sendHead(post, false);
    const id = asked.stream!.id;
    const request = () => this.server.requests.find(({ stream }) => stream!.id === id);
    this.ways.push(new Way(asked, request));
  }

  send(way: Way, size: number, as: number): void {
    if (way.ended || way.from.stream!.closed) return;
    const text = String.fromCharCode(97 + (this.letters++ % 26)).repeat(size);
    way.given += text;
    if (as === 0) way.from.stream!.sendText(text, false);
    else {
      const bytes = Buffer.from(`<${text}>`);
      way.from.stream!.sendData(bytes, 1, bytes.length - 1, as === 2);
      way.ended = as === 2;
      bytes.fill("!");
    }
  }

  /** The server answers a request as soon as it has heard of it. */
  answer(): void {
    for (const request of this.server.requests) {
      if (this.ways.some(({ from }) => from === request)) continue;
      request.credits = false;
      request.stream!.sendHead(ok, false);
      const id = request.stream!.id;
      const asked = this.ways.find(({ from }) => from.stream!.id === id)!.from;
      this.ways.push(new Way(request, () => asked));
    }
  }

  side(client: boolean): Side {
    return client ? this.client : this.server;
  }

  carry(fromClient: boolean, parts: number): void {
    const bytes = this.side(fromClient).take();
    const to = this.side(!fromClient);
    const size = Math.ceil(bytes.length / (parts + 1));
    for (let at = 0; at < bytes.length; at += size) {
      const fault = to.read(Buffer.from(bytes.subarray(at, at + size)));
      assert.equal(fault, undefined);
    }
    this.answer();
  }

  check(): void {
    for (const { session } of [this.client, this.server]) {
      assert.ok(session.receiveWindow >= 0 && session.receiveWindow <= connectionWindow);
      assert.ok(session.sendWindow >= 0);
      for (const stream of session.streams.all()) {
        assert.ok(stream.receiveWindow >= 0 && stream.receiveWindow <= largeStreamWindow);
        assert.equal(stream.waiting > 0, session.blocked.has(stream));
      }
    }
    for (const { given, to } of this.ways) assert.ok(given.startsWith(to()?.body ?? ""));
  }

  /** Lets go of everything that was held back, and ends every stream. */
  finish(): void {
    for (const side of [this.client, this.server]) side.congested = false;
    this.carry(true, 0);
    for (const way of this.ways) if (!way.ended && !way.from.stream!.closed) way.from.stream!.end();
    for (let round = 0; round < 300; round++) {
      for (const { from, to } of this.ways) {
        from.stream!.credit();
        to()?.stream!.credit();
      }
      for (const side of [this.client, this.server]) side.session.flushBlocked();
      settle(this.client, this.server);
      this.answer();
      for (const way of this.ways) if (!way.from.stream!.closed && !way.ended) way.from.stream!.end();
    }
  }
}

test("two sides deliver every byte, whatever happens in between, and end with nothing open", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = new World();
      for (const step of all) {
        const way = "at" in step ? world.ways[step.at % Math.max(1, world.ways.length)] : undefined;
        switch (step.do) {
          case "open":
            world.open();
            break;
          case "send":
            if (way !== undefined) world.send(way, step.size, step.as);
            break;
          case "end":
            if (way === undefined || way.ended || way.from.stream!.closed) break;
            way.ended = true;
            way.from.stream!.end(step.trailers ? trailers : undefined);
            break;
          case "reset":
            if (step.client) way?.from.stream!.reset(ErrorCode.cancel);
            else way?.to()?.stream!.reset(ErrorCode.cancel);
            break;
          case "credit":
            way?.to()?.stream!.credit();
            break;
          case "window":
            world.side(step.client).add(settingsFrame([[Setting.initialWindowSize, step.size]]));
            break;
          case "congest":
            world.side(step.client).congested = step.on;
            world.side(step.client).session.flushBlocked();
            break;
          case "carry":
            world.carry(step.client, step.parts);
        }
        world.check();
      }
      for (const side of [world.client, world.server])
        side.add(settingsFrame([[Setting.initialWindowSize, 65_535]]));
      world.finish();
      world.check();
      for (const { session, fault } of [world.client, world.server]) {
        assert.equal(fault, undefined);
        assert.equal(session.streams.size, 0);
        assert.equal(session.blocked.size, 0);
        assert.ok(session.receiveWindow >= (connectionWindow * 3) / 4 - 65_535, "the window came back");
      }
      for (const { given, from, to } of world.ways) {
        const came = to()!;
        if (from.reset === undefined && came.reset === undefined && came.ended)
          assert.equal(came.body, given);
      }
    }),
    { numRuns },
  );
});

/** A frame as an attacker makes it: mostly sound, so that it gets far. */
const frames = fc.array(
  fc
    .tuple(
      fc.oneof(fc.nat(10), fc.constantFrom(0, 1, 3, 8, 9)),
      fc.constantFrom(0, 1, 4, 5, 8, 0x20, 0x2d, 0xff),
      fc.constantFrom(0, 1, 2, 3, 5, 7, maxWindow),
      fc.oneof(
        fc.constant(Buffer.from(post, "latin1")),
        fc.constant(Buffer.from(ok, "latin1")),
        fc.constant(Buffer.from(encodeField("x", "y"), "latin1")),
        fc.constantFrom(
          Buffer.alloc(4, 1),
          Buffer.alloc(5),
          Buffer.alloc(6),
          Buffer.alloc(8),
          Buffer.alloc(0),
        ),
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      ),
    )
    .map(([type, flags, stream, payload]) =>
      Buffer.concat([Buffer.from(frameHeader(payload.length, type, flags, stream), "latin1"), payload]),
    ),
  { maxLength: 40 },
);

test("no sequence of frames throws, opens more than there may be, or leaves a window wrong", () => {
  fc.assert(
    fc.property(fc.constantFrom("client" as const, "server" as const), frames, (role, all) => {
      const side = new Side(role);
      if (role === "client") {
        for (let count = 0; count < 3; count++) side.open().stream!.sendHead(post, count === 0);
      } else side.read(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
      side.read(Buffer.from(settingsFrame([]), "latin1"));
      for (const frame of all) {
        const fault = side.read(frame);
        if (fault !== undefined) {
          assert.ok(fault.code > 0 && fault.message !== "");
          break;
        }
        for (const request of side.requests) {
          if (request.stream!.closed || request.stream!.localEnded) continue;
          request.stream!.sendHead(ok, false);
          request.stream!.sendText("answer", true);
        }
        assert.ok(side.session.streams.size <= maxStreams);
        assert.ok(side.session.receiveWindow >= 0 && side.session.sendWindow <= maxWindow);
      }
      assert.ok(side.take().length < 100_000);
      side.session.failStreams(ErrorCode.cancel);
      assert.equal(side.session.streams.size, 0);
      assert.equal(side.session.blocked.size, 0);
    }),
    { numRuns: 10 * numRuns },
  );
});
