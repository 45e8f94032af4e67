import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, faults } from "./fault.ts";
import { Head } from "./head.ts";
import { Target } from "./target.ts";

const head = new Head();
const target = new Target();

function read(line: string, ...hosts: readonly string[]): Fault | undefined {
  const text = `${line}\r\n${hosts.map((host) => `Host: ${host}\r\n`).join("")}\r\n`;
  assert.equal(head.parseRequest(text, text.length), undefined);
  return target.read(head);
}

const accepted: readonly (readonly [
  line: string,
  hosts: readonly string[],
  authority: string,
  path: string,
  isFromHost: boolean,
])[] = [
  ["GET /a?b HTTP/1.1", ["x:1"], "x:1", "/a?b", true],
  ["GET //a HTTP/1.1", ["x"], "x", "//a", true],
  ["GET / HTTP/1.1", [""], "", "/", true],
  ["GET / HTTP/1.0", [], "", "/", false],
  ["OPTIONS * HTTP/1.1", ["x"], "x", "*", true],
  ["GET http://y/a HTTP/1.1", ["x"], "y", "/a", false],
  ["GET http://y HTTP/1.1", ["y"], "y", "/", false],
  ["GET http://y?a HTTP/1.1", ["y"], "y", "/?a", false],
  ["GET HTTPS://y:8443/?a HTTP/1.1", ["x"], "y:8443", "/?a", false],
  ["GET http://[::1]:80/a HTTP/1.0", [], "[::1]:80", "/a", false],
];

for (const [line, hosts, authority, path, isFromHost] of accepted) {
  test(`read: ${line} with Host ${JSON.stringify(hosts)}`, () => {
    assert.equal(read(line, ...hosts), undefined);
    assert.deepEqual(
      { authority: target.authority, path: target.path, isFromHost: target.isFromHost },
      { authority, path, isFromHost },
    );
  });
}

const refused: readonly (readonly [line: string, hosts: readonly string[], fault: Fault])[] = [
  ["GET / HTTP/1.1", [], faults.hostMissing],
  ["GET http://y/ HTTP/1.1", [], faults.hostMissing],
  ["GET / HTTP/1.1", ["x", "x"], faults.hostTwice],
  ["GET / HTTP/1.0", ["x", "y"], faults.hostTwice],
  ["GET / HTTP/1.1", ["x y"], faults.authority],
  ["GET / HTTP/1.1", ["u@x"], faults.authority],
  ["GET http://y/ HTTP/1.1", ["x/"], faults.authority],
  ["CONNECT x:443 HTTP/1.1", ["x:443"], faults.connect],
  ["CONNECT / HTTP/1.1", ["x"], faults.connect],
  ["GET * HTTP/1.1", ["x"], faults.target],
  ["GET a HTTP/1.1", ["x"], faults.target],
  ["GET x:80 HTTP/1.1", ["x"], faults.target],
  ["GET ftp://x/ HTTP/1.1", ["x"], faults.target],
  ["GET http:/x HTTP/1.1", ["x"], faults.target],
  ["GET http:///a HTTP/1.1", ["x"], faults.authority],
  ["GET http://u@x/ HTTP/1.1", ["x"], faults.authority],
  ["GET http://x\\y/ HTTP/1.1", ["x"], faults.authority],
  ["GET http://x:99999/ HTTP/1.1", ["x"], faults.authority],
];

for (const [line, hosts, fault] of refused) {
  test(`refused: ${line} with Host ${JSON.stringify(hosts)}`, () =>
    assert.equal(read(line, ...hosts), fault));
}
