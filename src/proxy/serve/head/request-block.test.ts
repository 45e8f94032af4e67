import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Filter } from "../../../program/program.ts";
import { HpackDecoder } from "../../../wire/hpack/decoder.ts";
import { encodeField, encodeScheme } from "../../../wire/hpack/encoder.ts";
import { Head } from "../../../wire/http1/head.ts";
import { encodeRequest } from "../../../wire/http2/encode.ts";
import { MessageReader, Verdict } from "../../../wire/http2/message.ts";
import { compileFilters, NO_EDITS } from "../../filter/filter.ts";
import { requestBlock } from "./request-block.ts";
import { Client, type Claims, type Forwarding, requestHead } from "./request-head.ts";

type Field = readonly [name: string, value: string];

/** The law holds for any identifier; ours are random. */
const requestId: Field = ["X-Request-Id", "given-by-the-client"];

const names: readonly string[] = [
  ..."accept Accept-Encoding authorization content-type Cookie x-a X-B expect te via".split(" "),
  ..."x-forwarded-for X-Forwarded-Proto x-forwarded-host Forwarded x-real-ip".split(" "),
];
const values = ["", "a", "b, c", "trailers", "gzip, deflate", "10.0.0.1", "http", "A=1; b=\xe9"];
const hops: readonly Field[] = [
  ["Connection", "close"],
  ["Connection", "keep-alive, X-A"],
  ["connection", "x-b, te"],
  ["Keep-Alive", "timeout=5"],
  ["Proxy-Connection", "x"],
  ["Proxy-Authorization", "x"],
  ["Transfer-Encoding", "chunked"],
];

const field: fc.Arbitrary<Field> = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values));
const filter: fc.Arbitrary<readonly Filter[]> = fc
  .record({
    set: fc.array(field, { maxLength: 2 }),
    add: fc.array(field, { maxLength: 2 }),
    remove: fc.array(fc.constantFrom(...names), { maxLength: 2 }),
  })
  .map(({ set, add, remove }) => [
    { type: "RequestHeaderModifier", set: set.map(named), add: add.map(named), remove },
  ]);
const edits = fc.option(filter, { nil: undefined });
const client = new Client("::ffff:192.0.2.7", "https");
const forwarding: fc.Arbitrary<Forwarding> = fc.record({
  path: fc.constantFrom(undefined, "/", "/other?x=1"),
  host: fc.constantFrom(undefined, "other.example:8080"),
  authority: fc.constant("shop.example"),
  client: fc.constant(client),
  claims: fc.constantFrom<Claims[]>("passed on", "believed", "dropped"),
  upgrade: fc.constant(undefined),
  trailers: fc.boolean(),
});

test("the block says what the text says, of requests over HTTP/1", () => {
  const fields = fc.array(fc.oneof(field, fc.constantFrom(...hops)), { maxLength: 8 });
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "PURGE"),
      fields,
      edits,
      forwarding,
      (method, sent, own, to) => {
        const lines = [["Host", "shop.example"], ...sent, requestId].map(
          ([name, value]) => `${name}: ${value}\r\n`,
        );
        const text = `${method} /cart?id=7 HTTP/1.1\r\n${lines.join("")}\r\n`;
        const head = new Head();
        assert.equal(head.parseRequest(text, text.length), undefined);
        assertSame(head, to, own);
      },
    ),
  );
});

test("the block says what the text says, of requests over HTTP/2", () => {
  const decoder = new HpackDecoder(4096);
  const message = new MessageReader();
  const head = new Head();
  // Some fields become entries of the table, which are written once for several requests.
  const sent = fc.array(fc.tuple(field.filter(isAllowed), fc.boolean()), { maxLength: 8 });
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "PURGE"),
      sent,
      edits,
      forwarding,
      (method, fields, own, to) => {
        let block =
          encodeField(":method", method) + encodeField(":path", "/cart?id=7") + encodeScheme("http");
        block += encodeField(":authority", "shop.example");
        for (const [[name, value], indexed] of [...fields, [requestId, false] as const]) {
          const lowerName = name.toLowerCase();
          block += indexed ? `\x40${counted(lowerName)}${counted(value)}` : encodeField(lowerName, value);
        }
        const bytes = Buffer.from(block, "latin1");
        message.start("request", head);
        assert.equal(decoder.decode(bytes, 0, bytes.length, message), undefined);
        message.finish(false, true);
        assert.equal(message.verdict, Verdict.good);
        assertSame(head, to, own);
      },
    ),
  );
});

test("a head over HTTP/1 is not taken for one that came before it over HTTP/2", () => {
  const head = new Head();
  const message = new MessageReader();
  const block = encodeScheme("http") + encodeRequest("GET / HTTP/1.1\r\nHost: a\r\nX-A: old\r\n\r\n");
  message.start("request", head);
  assert.equal(
    new HpackDecoder(4096).decode(Buffer.from(block, "latin1"), 0, block.length, message),
    undefined,
  );
  message.finish(false, true);
  const text = "GET / HTTP/1.1\r\nHost: a\r\nX-A: new\r\nX-Request-Id: 1\r\n\r\n";
  assert.equal(head.parseRequest(text, text.length), undefined);
  const to: Forwarding = {
    path: undefined,
    host: undefined,
    authority: "a",
    client,
    claims: "passed on",
    upgrade: undefined,
    trailers: false,
  };
  assert.ok(requestBlock(head, to, NO_EDITS).includes(encodeField("x-a", "new")));
});

/** Byte for byte: both are written without a table. */
function assertSame(head: Head, to: Forwarding, filters: readonly Filter[] | undefined): void {
  const own = filters === undefined ? NO_EDITS : compileFilters(filters).request;
  assert.equal(requestBlock(head, to, own), encodeRequest(requestHead(head, to, own)));
}

function named([name, value]: Field): { name: string; value: string } {
  return { name, value };
}

/** TE has one value in HTTP/2, and Expect none that matters here. */
function isAllowed([name, value]: Field): boolean {
  return name !== "te" || value === "trailers";
}

function counted(text: string): string {
  return String.fromCharCode(text.length) + text;
}
