import assert from "node:assert/strict";
import { test } from "node:test";
import { faults } from "./fault.ts";
import { Field } from "./field.ts";
import { Head } from "./head.ts";

const head = new Head();

function parse(text: string): ReturnType<Head["parseRequest"]> {
  return head.parseRequest(text, text.indexOf("\r\n\r\n") + 4);
}

function parseResponse(text: string): ReturnType<Head["parseResponse"]> {
  return head.parseResponse(text, text.indexOf("\r\n\r\n") + 4);
}

test("a request head is read into its parts", () => {
  const text = "PUT /a?b=c HTTP/1.1\r\nHost: x\r\nX-A:\t 1 2 \t\r\nx-a:3\r\nEmpty:\r\n\r\nbody: no\r\n\r\n";
  assert.equal(parse(text), undefined);
  assert.equal(head.method, "PUT");
  assert.equal(text.slice(head.targetStart, head.targetEnd), "/a?b=c");
  assert.equal(head.minor, 1);
  assert.equal(head.fieldCount, 4);
  assert.deepEqual([head.name(1), head.value(1)], ["X-A", "1 2"]);
  assert.equal(head.get("x-a"), "1 2,3");
  assert.equal(head.get("empty"), "");
  assert.equal(head.get("body"), undefined);
  assert.equal(head.indexOf(Field.host), 0);
  assert.equal(text.slice(head.nameStart(1), head.lineEnd(1)), "X-A:\t 1 2 \t\r\n");
  assert.equal(text.slice(head.nameStart(3), head.lineEnd(3)), "Empty:\r\n");
});

test("known fields are found in any case, and counted", () => {
  assert.equal(
    parse("GET / HTTP/1.1\r\ncOnNeCtIoN: a\r\nX: y\r\nCONNECTION: b, c\r\nProxy-Authorization: z\r\n\r\n"),
    undefined,
  );
  assert.equal(head.seen[Field.connection], 2);
  assert.equal(head.joined(Field.connection), "a, b, c");
  assert.equal(head.joined(Field.proxyAuthorization), "z");
  assert.equal(head.joined(Field.host), undefined);
  assert.equal(head.indexOf(Field.host), -1);
});

test("nothing of the head before is seen in the next", () => {
  parse("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: b\r\n\r\n");
  assert.equal(parse("OPTIONS * HTTP/1.0\r\n\r\n"), undefined);
  assert.equal(head.fieldCount, 0);
  assert.equal(head.seen[Field.host], 0);
  assert.equal(head.joined(Field.upgrade), undefined);
  assert.equal(head.minor, 0);
  parse("HEAD / HTTP/1.0\r\n\r\n");
  assert.notEqual(parse("(bad) / HTTP/1.1\r\n\r\n"), undefined);
  assert.equal(head.method, "", "the method of a head that was refused is not that of the head before");
});

test("one empty line before a request is ignored, two are not", () => {
  const text = "\r\nGET / HTTP/1.1\r\n\r\n";
  assert.equal(head.parseRequest(text, text.length), undefined);
  assert.equal(head.method, "GET");
  assert.equal(head.parseRequest(`\r\n${text}`, text.length + 2), faults.method);
});

const refused: readonly (readonly [name: string, text: string, fault: object])[] = [
  ["no method", " / HTTP/1.1\r\n\r\n", faults.method],
  ["a method that is no token", "G(T / HTTP/1.1\r\n\r\n", faults.requestLine],
  ["a tab after the method", "GET\t/ HTTP/1.1\r\n\r\n", faults.requestLine],
  ["two spaces after the method", "GET  / HTTP/1.1\r\n\r\n", faults.target],
  ["a tab after the target", "GET /\tHTTP/1.1\r\n\r\n", faults.target],
  ["two spaces after the target", "GET /  HTTP/1.1\r\n\r\n", faults.requestLine],
  ["a space in the target", "GET /a b HTTP/1.1\r\n\r\n", faults.requestLine],
  ["a fragment", "GET /#a HTTP/1.1\r\n\r\n", faults.target],
  ["a target beyond ASCII", "GET /\xe9 HTTP/1.1\r\n\r\n", faults.target],
  ["DEL in the target", "GET /\x7f HTTP/1.1\r\n\r\n", faults.target],
  ["NUL in the target", "GET /\0 HTTP/1.1\r\n\r\n", faults.target],
  ["no version: HTTP/0.9", "GET /\r\n\r\n", faults.target],
  ["lower case http", "GET / http/1.1\r\n\r\n", faults.requestLine],
  ["HTTP/2.0", "GET / HTTP/2.0\r\n\r\n", faults.version],
  ["HTTP/0.9 by name", "GET / HTTP/0.9\r\n\r\n", faults.version],
  ["HTTP/1.2", "GET / HTTP/1.2\r\n\r\n", faults.version],
  ["a version of three numbers", "GET / HTTP/1.1.1\r\n\r\n", faults.requestLine],
  ["a version without a point", "GET / HTTP/11\r\n\r\n", faults.requestLine],
  ["something after the version", "GET / HTTP/1.1 \r\n\r\n", faults.requestLine],
  ["bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", faults.requestLine],
  ["bare CR after the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n", faults.requestLine],
  ["bare LF after a field", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", faults.bareLineFeed],
  ["bare CR in a value", "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", faults.fieldValue],
  ["NUL in a value", "GET / HTTP/1.1\r\nA: b\0\r\n\r\n", faults.fieldValue],
  ["a control character in a value", "GET / HTTP/1.1\r\nA: b\x0bc\r\n\r\n", faults.fieldValue],
  ["DEL in a value", "GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n", faults.fieldValue],
  ["a space before the colon", "GET / HTTP/1.1\r\nA : b\r\n\r\n", faults.fieldName],
  ["a tab before the colon", "GET / HTTP/1.1\r\nA\t: b\r\n\r\n", faults.fieldName],
  ["no colon", "GET / HTTP/1.1\r\nA\r\n\r\n", faults.fieldName],
  ["no name", "GET / HTTP/1.1\r\n: b\r\n\r\n", faults.fieldName],
  ["a name that is no token", "GET / HTTP/1.1\r\nA\xe9: b\r\n\r\n", faults.fieldName],
  ["a folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", faults.obsFold],
  ["a first line that is folded", "GET / HTTP/1.1\r\n A: b\r\n\r\n", faults.obsFold],
  ["a line folded with a tab", "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", faults.obsFold],
];

for (const [name, text, fault] of refused) {
  test(`refused: ${name}`, () => assert.equal(parse(text), fault));
}

test("every octet but HTAB, SP, VCHAR and obs-text is refused in a value", () => {
  for (let code = 0; code < 256; code++) {
    const fine = code === 9 || (code >= 32 && code !== 127);
    const fault = parse(`GET / HTTP/1.1\r\nA: x${String.fromCharCode(code)}y\r\n\r\n`);
    assert.equal(fault === undefined, fine, `code ${code}`);
  }
});

test("every octet that is no tchar is refused in a name and in a method", () => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    const fine = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character);
    // A colon ends the name, a space the method.
    if (character !== ":") {
      assert.equal(parse(`GET / HTTP/1.1\r\nA${character}: y\r\n\r\n`) === undefined, fine, `name ${code}`);
    }
    if (character !== " ") {
      assert.equal(parse(`GE${character}T / HTTP/1.1\r\n\r\n`) === undefined, fine, `method ${code}`);
    }
  }
});

test("a request line of 8 KiB passes, one byte more is 414", () => {
  const line = (length: number) =>
    `GET /${"a".repeat(length - "GET / HTTP/1.1\r\n".length)} HTTP/1.1\r\n\r\n`;
  assert.equal(parse(line(8192)), undefined);
  assert.equal(parse(line(8193)), faults.lineTooLong);
});

test("100 fields pass, 101 are 431", () => {
  assert.equal(parse(`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(100)}\r\n`), undefined);
  assert.equal(head.fieldCount, 100);
  assert.equal(parse(`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(101)}\r\n`), faults.tooManyFields);
});

test("a head of 64 KiB passes, one byte more is 431", () => {
  const text = (length: number) => {
    const start = "GET / HTTP/1.1\r\nA: ";
    return `${start}${"b".repeat(length - start.length - 4)}\r\n\r\n`;
  };
  assert.equal(parse(text(65536)), undefined);
  assert.equal(parse(text(65537)), faults.headTooLarge);
});

test("a status line is read, with and without a reason", () => {
  for (const line of ["HTTP/1.1 204 No Content", "HTTP/1.1 204 ", "HTTP/1.1 204", "HTTP/1.0 204 \xe9\t?"]) {
    assert.equal(parseResponse(`${line}\r\nA: b\r\n\r\n`), undefined, line);
    assert.equal(head.status, 204);
    assert.equal(head.get("a"), "b");
  }
  assert.equal(head.minor, 0);
});

for (const line of [
  "HTTP/1.1 20",
  "HTTP/1.1 2000",
  "HTTP/1.1 099 X",
  "HTTP/1.1 2x0 X",
  "HTTP/1.1  200 X",
  "HTTP/1.1\t200 X",
  "HTTP/1.1 200\tX",
  "HTTP/1.1 200 a\x01b",
  "HTTP/1.1 200 a\rb",
  "HTTP/1.1 200 a\nb",
  "http/1.1 200 OK",
  "ICY 200 OK",
  "HTTP/1.1",
  "\r\nHTTP/1.1 200 OK",
]) {
  test(`refused status line: ${JSON.stringify(line)}`, () => {
    assert.equal(head.parseResponse(`${line}\r\n\r\n`, line.length + 4), faults.statusLine);
  });
}

test("a response of another version is refused", () => {
  assert.equal(parseResponse("HTTP/2.0 200 OK\r\n\r\n"), faults.version);
  assert.equal(parseResponse("HTTP/1.9 200 OK\r\n\r\n"), faults.version);
});

test("a text that no bytes can stand for is no head", () => {
  for (const character of ["\u0100", "\u010a", "\u0141", "\u020d"]) {
    assert.equal(parse(`GET /${character} HTTP/1.1\r\n\r\n`), faults.target);
    assert.equal(parse(`GET / HTTP/1.1\r\n${character}: b\r\n\r\n`), faults.fieldName);
    assert.equal(parse(`GET / HTTP/1.1\r\nA: ${character}\r\n\r\n`), faults.fieldValue);
  }
});
