import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, faults } from "./fault.ts";
import { Body, Framing, hasToken, parseLength } from "./framing.ts";
import { Head } from "./head.ts";

const head = new Head();
const framing = new Framing();

function request(lines: string, version = "1.1"): Fault | undefined {
  const text = `POST / HTTP/${version}\r\n${lines}\r\n`;
  assert.equal(head.parseRequest(text, text.length), undefined);
  return framing.request(head);
}

function response(status: number, lines: string, method = "GET", version = "1.1"): Fault | undefined {
  const text = `HTTP/${version} ${status} X\r\n${lines}\r\n`;
  assert.equal(head.parseResponse(text, text.length), undefined);
  return framing.response(head, method);
}

test("a request has the body that its fields say", () => {
  assert.equal(request(""), undefined);
  assert.equal(framing.body, Body.none);
  assert.equal(request("Content-Length: 0\r\n"), undefined);
  assert.equal(framing.body, 0);
  assert.equal(request("Content-Length: 0042\r\n"), undefined);
  assert.equal(framing.body, 42);
  assert.equal(request("Transfer-Encoding: Chunked\r\n"), undefined);
  assert.equal(framing.body, Body.chunked);
});

const refusedLengths = ["", "-1", "+1", "1 1", "1,1", "1, 1", "0x1", "1.0", "1e3", "a", "\xb2", "1\t2"];

for (const value of [...refusedLengths, "9007199254740992", "00000000000000001"]) {
  test(`refused in both directions: Content-Length: ${value}`, () => {
    assert.equal(request(`Content-Length: ${value}\r\n`), faults.length);
    assert.equal(response(200, `Content-Length: ${value}\r\n`), faults.length);
    assert.equal(response(200, `Content-Length: ${value}\r\n`, "HEAD"), faults.length);
  });
}

test("a Content-Length that can be counted exactly is read", () => {
  assert.equal(parseLength("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assert.equal(parseLength("0"), 0);
});

const refusedEncodings: readonly (readonly [value: string, fault: Fault])[] = [
  ["", faults.encodingNotChunked],
  ["identity", faults.encodingNotChunked],
  ["xchunked", faults.encodingNotChunked],
  ["chunked;a=b", faults.encodingNotChunked],
  ["chunked, identity", faults.encodingNotChunked],
  ["chunked, gzip", faults.encodingNotChunked],
  ["chunked,", faults.encodingNotChunked],
  ["chunked\t", faults.encodingNotChunked],
  ["\tchunked", faults.encodingNotChunked],
  [", chunked", faults.encodingNotChunked],
  ['"chunked"', faults.encodingNotChunked],
  ["chunked chunked", faults.encodingNotChunked],
  ["chunked, chunked", faults.encodingTwice],
  ["gzip, chunked", faults.encodingUnknown],
  ["chunked\xa0", faults.encodingUnknown],
  ["identity, chunked", faults.encodingUnknown],
];

for (const [value, fault] of refusedEncodings) {
  test(`refused in both directions: Transfer-Encoding: ${value}`, () => {
    assert.equal(request(`Transfer-Encoding: ${value}\r\n`), fault);
    assert.equal(response(200, `Transfer-Encoding: ${value}\r\n`), fault);
  });
}

test("framing said twice is refused in both directions", () => {
  for (const [lines, fault] of [
    ["Content-Length: 5\r\nContent-Length: 5\r\n", faults.lengthTwice],
    ["Content-Length: 5\r\ncontent-length: 6\r\n", faults.lengthTwice],
    ["Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", faults.lengthAndEncoding],
    ["Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", faults.lengthAndEncoding],
    ["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", faults.encodingTwice],
    ["Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", faults.encodingNotChunked],
  ] as const) {
    assert.equal(request(lines), fault, lines);
    assert.equal(response(200, lines), fault, lines);
  }
});

test("HTTP/1.0 has no Transfer-Encoding", () => {
  assert.equal(request("Transfer-Encoding: chunked\r\n", "1.0"), faults.encodingIn10);
  assert.equal(response(200, "Transfer-Encoding: chunked\r\n", "GET", "1.0"), faults.encodingIn10);
});

test("a response has the body that its request, status and fields say", () => {
  const cases: readonly (readonly [status: number, lines: string, method: string, body: number])[] = [
    [200, "", "GET", Body.untilClose],
    [200, "Content-Length: 7\r\n", "GET", 7],
    [200, "Transfer-Encoding: chunked\r\n", "GET", Body.chunked],
    [200, "", "HEAD", Body.none],
    [200, "Content-Length: 7\r\n", "HEAD", Body.none],
    [200, "Transfer-Encoding: chunked\r\n", "HEAD", Body.none],
    [204, "", "GET", Body.none],
    [204, "Content-Length: 7\r\n", "GET", Body.none],
    [304, "", "GET", Body.none],
    [304, "Content-Length: 7\r\n", "GET", Body.none],
    [304, "Transfer-Encoding: chunked\r\n", "GET", Body.none],
    [404, "", "POST", Body.untilClose],
  ];
  for (const [status, lines, method, body] of cases) {
    assert.equal(response(status, lines, method), undefined);
    assert.equal(framing.body, body, `${method} ${status} ${lines}`);
    assert.equal(framing.persistent, body !== Body.untilClose);
  }
  assert.equal(response(204, "Transfer-Encoding: chunked\r\n"), faults.encodingNotChunked);
});

test("a connection persists as version and Connection say", () => {
  for (const [version, lines, persistent] of [
    ["1.1", "", true],
    ["1.1", "Connection: close\r\n", false],
    ["1.1", "Connection: keep-alive, CLOSE\r\n", false],
    ["1.1", "Connection: upgrade\r\nConnection: close\r\n", false],
    ["1.1", "Connection: closed\r\n", true],
    ["1.0", "", false],
    ["1.0", "Connection: Keep-Alive\r\n", true],
    ["1.0", "Connection: keep-alive, close\r\n", false],
  ] as const) {
    assert.equal(request(lines, version), undefined);
    assert.equal(framing.persistent, persistent, `${version} ${lines}`);
  }
});

test("a token is found in a list, not a part of one", () => {
  assert.equal(hasToken("close", "close"), true);
  assert.equal(hasToken("a,Close\t, b", "close"), true);
  assert.equal(hasToken("closed", "close"), false);
  assert.equal(hasToken("not close", "close"), false);
  assert.equal(hasToken("", "close"), false);
});
