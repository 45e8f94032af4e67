import assert from "node:assert/strict";
import { test } from "node:test";
import type { RedirectFilter } from "../../program/program.ts";
import { Redirect, type RedirectedRequest } from "./redirect.ts";

const request: RedirectedRequest = {
  scheme: "http",
  host: "example.org",
  port: 80,
  target: "/path",
  prefixLength: 0,
};

function location(filter: Omit<RedirectFilter, "type" | "status">, from: Partial<RedirectedRequest> = {}) {
  return new Redirect({ type: "RequestRedirect", status: 302, ...filter }).location({ ...request, ...from });
}

test("the port follows scheme, port and listener", () => {
  const rows: [
    listener: number,
    scheme: "http" | "https" | undefined,
    port: number | undefined,
    want: string,
  ][] = [
    [80, undefined, undefined, "http://example.org/path"],
    [80, undefined, 80, "http://example.org/path"],
    [80, undefined, 8080, "http://example.org:8080/path"],
    [80, "https", undefined, "https://example.org/path"],
    [80, "https", 443, "https://example.org/path"],
    [80, "https", 8443, "https://example.org:8443/path"],
    [8080, undefined, undefined, "http://example.org:8080/path"],
    [8080, undefined, 80, "http://example.org/path"],
    [8080, "https", undefined, "https://example.org/path"],
    [443, undefined, undefined, "https://example.org/path"],
    [443, undefined, 443, "https://example.org/path"],
    [443, undefined, 8443, "https://example.org:8443/path"],
    [443, "http", undefined, "http://example.org/path"],
    [443, "http", 80, "http://example.org/path"],
    [443, "http", 8080, "http://example.org:8080/path"],
    // Beyond the table: the well-known port of the other scheme is no default.
    [80, "https", 80, "https://example.org:80/path"],
    [443, "http", 443, "http://example.org:443/path"],
    [80, "http", undefined, "http://example.org/path"],
    [8080, "http", undefined, "http://example.org/path"],
  ];
  for (const [listener, scheme, port, want] of rows) {
    const filter = { ...(scheme && { scheme }), ...(port && { port }) };
    const from = { scheme: listener === 443 ? ("https" as const) : ("http" as const), port: listener };
    assert.equal(location(filter, from), want, `listener ${listener}, scheme ${scheme}, port ${port}`);
  }
});

test("the host is the request's without its port, or the filter's", () => {
  assert.equal(location({}, { host: "example.org:80" }), "http://example.org/path");
  assert.equal(location({}, { host: "example.org:8080", port: 8080 }), "http://example.org:8080/path");
  assert.equal(location({}, { host: "[::1]:8080" }), "http://[::1]/path");
  assert.equal(location({}, { host: "[2001:db8::1]" }), "http://[2001:db8::1]/path");
  assert.equal(location({ hostname: "example.com" }, { host: "x:80" }), "http://example.com/path");
});

test("path modifiers keep the query", () => {
  const full = { type: "ReplaceFullPath", value: "/new" } as const;
  const prefix = { type: "ReplacePrefixMatch", value: "/new" } as const;
  const from = { target: "/old/x?a=1&b=2", prefixLength: 4 };
  assert.equal(location({}, from), "http://example.org/old/x?a=1&b=2");
  assert.equal(location({ path: full }, from), "http://example.org/new?a=1&b=2");
  assert.equal(location({ path: prefix }, from), "http://example.org/new/x?a=1&b=2");
  assert.equal(
    location({ path: prefix, hostname: "b.org", port: 81 }, from),
    "http://b.org:81/new/x?a=1&b=2",
  );
  assert.equal(location({ path: { ...full, value: "/new?c=3" } }, from), "http://example.org/new?c=3");
});

test("nothing in a request or a filter breaks out of Location", () => {
  for (const host of ["", "a\r\nX: 1", 'a"b', "a b", "user@evil.com", "a/b", "a?b", "a#b", "a\\b", "é"]) {
    assert.equal(location({}, { host }), undefined, JSON.stringify(host));
  }
  const target = '/a"<>\\^`{|}\x7f\u00e9\r\n\'?"#x%22';
  const safe = "/a%22%3C%3E%5C%5E%60%7B%7C%7D%7F%E9%0D%0A'?%22%23x%22";
  assert.equal(location({}, { target }), `http://example.org${safe}`);
  assert.equal(
    location({ path: { type: "ReplaceFullPath", value: ".evil.com/\r\né" } }),
    "http://example.org/.evil.com/%0D%0A%C3%A9",
  );
  assert.equal(location({ path: { type: "ReplaceFullPath", value: "" } }), "http://example.org/");
});
