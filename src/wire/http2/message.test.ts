import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeField, encodeScheme } from "../hpack/encoder.ts";
import { HpackDecoder } from "../hpack/decoder.ts";
import { Head } from "../http1/head.ts";
import { encodeLines, encodeRequest } from "./encode.ts";
import { MessageReader, Verdict } from "./message.ts";

type Field = readonly [name: string, value: string];

interface Seen {
  readonly verdict: number;
  readonly text: string;
  readonly message: MessageReader;
}

function readBlock(
  block: string,
  sort: "request" | "response" | "trailers",
  hasBody: boolean,
  bodyAllowed = true,
): Seen {
  const message = new MessageReader();
  const head = new Head();
  message.start(sort, head);
  const bytes = Buffer.from(block, "latin1");
  assert.equal(new HpackDecoder(4096).decode(bytes, 0, bytes.length, message), undefined);
  message.finish(hasBody, bodyAllowed);
  return { verdict: message.verdict, text: head.text, message };
}

function read(
  fields: readonly Field[],
  sort: "request" | "response" | "trailers" = "request",
  hasBody = false,
): Seen {
  return readBlock(fields.map(([name, value]) => encodeField(name, value)).join(""), sort, hasBody);
}

const get: readonly Field[] = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "a"],
  [":path", "/"],
];
const post: readonly Field[] = [[":method", "POST"], ...get.slice(1)];

test("what HTTP/1 needs to frame a message is written down", () => {
  const cases: readonly (readonly [readonly Field[], "request" | "response", boolean, string])[] = [
    [get, "request", false, "GET / HTTP/1.1\r\nhost: a\r\n\r\n"],
    [get, "request", true, "GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"],
    [post, "request", false, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n"],
    [
      [...post, ["content-length", "7"]],
      "request",
      true,
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\n\r\n",
    ],
    [[[":status", "200"]], "response", true, "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n"],
    [[[":status", "200"]], "response", false, "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n"],
    [[[":status", "204"]], "response", true, "HTTP/1.1 204 \r\n\r\n"],
    [[[":status", "304"]], "response", false, "HTTP/1.1 304 \r\n\r\n"],
    [[[":status", "103"]], "response", true, "HTTP/1.1 103 \r\n\r\n"],
  ];
  for (const [fields, sort, hasBody, text] of cases) {
    const seen = read(fields, sort, hasBody);
    assert.equal(seen.verdict, Verdict.good);
    assert.equal(seen.text, text);
  }
});

test("a HEAD answer says nothing of a body that does not come", () => {
  assert.equal(
    readBlock(encodeField(":status", "200"), "response", false, false).text,
    "HTTP/1.1 200 \r\n\r\n",
  );
});

test("crumbs are one Cookie, an equal Host is one Host, requests without authority keep theirs", () => {
  const crumbs = read([...get, ["cookie", "a=1"], ["x", "y"], ["cookie", "b=2"], ["host", "A"]]);
  assert.equal(crumbs.text, "GET / HTTP/1.1\r\nhost: a\r\nx: y\r\ncookie: a=1; b=2\r\n\r\n");
  const empty = read([...get, ["cookie", "a=1"], ["cookie", ""]]);
  assert.equal(empty.text, "GET / HTTP/1.1\r\nhost: a\r\ncookie: a=1;\r\n\r\n");
  const [method, scheme, , path] = get;
  const own = read([method!, scheme!, path!, ["host", "b"]]);
  assert.equal(own.text, "GET / HTTP/1.1\r\nhost: b\r\n\r\n");
});

test("a WebSocket becomes an Upgrade with a key of its own", () => {
  const asking: readonly Field[] = [[":method", "CONNECT"], ...get.slice(1), [":protocol", "websocket"]];
  const first = read(asking, "request", true);
  const key = /^GET \/ HTTP\/1\.1\r\nhost: a\r\nsec-websocket-key: (\S{24})\r\n\r\n$/.exec(first.text)?.[1];
  assert.equal(Buffer.from(key!, "base64").length, 16);
  assert.equal(first.message.protocol, "websocket");
  assert.notEqual(read(asking, "request", true).text, first.text);
  const given = read([...asking, ["sec-websocket-key", "mine"]], "request", true);
  assert.equal(given.text.match(/sec-websocket-key/g)?.length, 1);
  assert.equal(read([...asking, ["content-length", "0"]], "request", true).verdict, Verdict.malformed);
});

test("trailers that frame or route are refused, those of one hop dropped", () => {
  const seen = read(
    [
      ["x-sum", "1"],
      ["te", "trailers"],
      ["expect", "x"],
      ["x-request-id", "7"],
    ],
    "trailers",
  );
  assert.equal(seen.verdict, Verdict.good);
  assert.equal(seen.message.trailers, "x-sum: 1\r\nx-request-id: 7\r\n");
  const bad: readonly Field[] = [
    ["content-length", "1"],
    ["host", "b"],
    [":status", "200"],
    ["connection", "close"],
  ];
  for (const field of bad) assert.equal(read([field], "trailers").verdict, Verdict.malformed, field[0]);
});

test("malformed answers", () => {
  const cases: readonly (readonly Field[])[] = [
    [],
    [["x", "y"]],
    [[":status", ""]],
    [[":status", "20"]],
    [[":status", "099"]],
    [[":status", "2000"]],
    [[":status", "2x0"]],
    [[":status", "+20"]],
    [
      [":status", "200"],
      [":status", "200"],
    ],
    [
      [":status", "200"],
      [":method", "GET"],
    ],
    [
      ["x", "y"],
      [":status", "200"],
    ],
    [
      [":status", "200"],
      ["x y", "z"],
    ],
    [
      [":status", "200"],
      ["x", "a\r\nb: c"],
    ],
    [
      [":status", "200"],
      ["content-length", "1"],
      ["content-length", "1"],
    ],
    [
      [":status", "200"],
      ["content-length", "99999999999999999"],
    ],
  ];
  for (const fields of cases)
    assert.equal(read(fields, "response").verdict, Verdict.malformed, JSON.stringify(fields));
});

test("more than a head may have is too large, not malformed", () => {
  assert.equal(
    read([...get, ...Array.from({ length: 101 }, (): Field => ["x", "y"])]).verdict,
    Verdict.tooLarge,
  );
  assert.equal(read([...get, ["x", "y".repeat(70_000)]]).verdict, Verdict.tooLarge);
  assert.equal(read([...get.slice(0, 3), [":path", "/" + "y".repeat(9000)]]).verdict, Verdict.tooLarge);
});

test("a request of HTTP/1 becomes a block that reads as the same request", () => {
  const lines = "Host: a:8080\r\nX-Some: \t one, two \t\r\nX-Empty:\r\nContent-Length: 3\r\nCookie: a=1\r\n";
  const hop =
    "Connection: x\r\nKeep-Alive: 5\r\nTransfer-Encoding: chunked\r\nUpgrade: y\r\nProxy-Connection: z\r\n";
  const seen = readBlock(
    encodeScheme("https") + encodeRequest(`PUT /a?b HTTP/1.1\r\n${lines}${hop}\r\n`),
    "request",
    true,
  );
  assert.equal(
    seen.text,
    "PUT /a?b HTTP/1.1\r\nhost: a:8080\r\nx-some: one, two\r\nx-empty: \r\ncontent-length: 3\r\ncookie: a=1\r\n\r\n",
  );
  assert.equal(seen.message.scheme, "https");
  const trailers = readBlock(encodeLines("X-Sum:  1\t\r\nConnection: x\r\n"), "trailers", false);
  assert.equal(trailers.message.trailers, "x-sum: 1\r\n");
});
