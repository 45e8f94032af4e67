import assert from "node:assert/strict";
import { test } from "node:test";
import type { Listener, Match, Route, Rule } from "../../program/program.ts";
import { curlLines } from "./curl.ts";

function listener(name: string, hostname = "", port = 8080, address = "127.9.0.1"): Listener {
  return { key: `default/web/${name}`, protocol: "HTTP", binds: [{ address, port }], hostname };
}

function match(more: Partial<Match> = {}): Match {
  return { path: { type: "PathPrefix", value: "/" }, headers: [], query: [], ...more };
}

function rule(more: Partial<Rule> = {}): Rule {
  return { matches: [match()], filters: [], destinations: [], ...more };
}

function route(name: string, hostnames: readonly string[], rules: readonly Rule[], section = "http"): Route {
  return {
    key: `HTTPRoute/default/${name}`,
    namespace: "default",
    name,
    created: 0,
    attachments: [{ listener: `default/web/${section}`, hostnames }],
    rules,
  };
}

function lines(listeners: readonly Listener[], routes: readonly Route[], isServing = () => true) {
  return curlLines(
    {
      listeners: new Map(listeners.map((one) => [one.key, one])),
      routes: new Map(routes.map((one) => [one.key, one])),
    },
    isServing,
  );
}

/** The line for one rule of a route with that hostname. */
function line(hostname: string, one: Rule, where = listener("http")): string | undefined {
  return lines([where], [route("a", [hostname], [one])])[0];
}

test("every part of a match is in the command", () => {
  const whole = match({
    path: { type: "Exact", value: "/search" },
    method: "POST",
    headers: [{ type: "Exact", name: "x-beta", value: "it's on" }],
    query: [
      { type: "Exact", name: "q", value: "a b&c" },
      { type: "Exact", name: "z", value: "1" },
    ],
  });
  assert.equal(
    line("shop.example.com", rule({ matches: [whole] })),
    `curl -X POST -H 'Host: shop.example.com' -H 'x-beta: it'\\''s on' 'http://127.9.0.1:8080/search?q=a%20b%26c&z=1'`,
  );
});

test("over TLS the host is in the URL, and the address beside it", () => {
  const secure = (hostname: string, port: number, address?: string): Listener => ({
    ...listener("http", hostname, port, address),
    protocol: "HTTPS",
  });
  assert.equal(
    line("a.example.com", rule(), secure("", 8443)),
    "curl -k --resolve a.example.com:8443:127.9.0.1 https://a.example.com:8443/",
  );
  assert.equal(
    line("a.example.com", rule(), secure("", 443, "::")),
    "curl -k --resolve 'a.example.com:443:[::1]' https://a.example.com/",
  );
  assert.equal(line("", rule(), secure("", 443)), "curl -k https://127.9.0.1/");
});

test("calls of gRPC are no matter for curl", () => {
  const calls = { ...route("a", [""], [rule()]), key: "GRPCRoute/default/a" };
  assert.deepEqual(lines([listener("http")], [calls]), []);
});

test("nothing is said that need not be", () => {
  assert.equal(
    line("", rule({ matches: [match({ method: "GET" })] }), listener("http", "", 80)),
    "curl http://127.9.0.1/",
  );
});

test("HEAD, redirects, patterns and dots have their options", () => {
  assert.equal(
    line("", rule({ matches: [match({ method: "HEAD" })] })),
    "curl --head http://127.9.0.1:8080/",
  );
  assert.equal(
    line("", rule({ filters: [{ type: "RequestRedirect", status: 302 }] })),
    "curl -i http://127.9.0.1:8080/",
  );
  const path = { type: "Exact", value: "/a{b}/..x/.." } as const;
  assert.equal(
    line("", rule({ matches: [match({ path })] })),
    "curl -g --path-as-is 'http://127.9.0.1:8080/a{b}/..x/..'",
  );
});

test("addresses to bind become addresses to connect to", () => {
  assert.equal(line("", rule(), listener("http", "", 80, "0.0.0.0")), "curl http://127.0.0.1/");
  assert.equal(line("", rule(), listener("http", "", 81, "::")), "curl -g 'http://[::1]:81/'");
});

test("the narrower of route and listener hostname is asked for", () => {
  assert.match(
    line("*.example.com", rule(), listener("http", "a.example.com")) ?? "",
    /'Host: a.example.com'/,
  );
  assert.match(line("", rule(), listener("http", "a.example.com")) ?? "", /'Host: a.example.com'/);
  assert.match(
    line("*.b.example.com", rule(), listener("http", "*.example.com")) ?? "",
    /'Host: www.b.example.com'/,
  );
});

test("a made-up name is not that of a more specific route or listener", () => {
  const routes = [
    route("wide", ["*.example.com"], [rule()]),
    route("narrow", ["www.example.com"], [rule()], "other"),
  ];
  const listeners = [listener("http", "*.example.com"), listener("other", "www.example.com")];
  assert.deepEqual(lines(listeners, routes), [
    "curl -H 'Host: app.example.com' http://127.9.0.1:8080/",
    "curl -H 'Host: www.example.com' http://127.9.0.1:8080/",
  ]);
  const shared = [route("wide", ["*.example.com"], [rule()]), route("narrow", ["www.example.com"], [rule()])];
  assert.match(lines([listener("http")], shared)[0] ?? "", /app.example.com/);
});

test("what cannot be asked for is left out", () => {
  const pattern = match({ path: { type: "RegularExpression", value: "/a+" } });
  assert.equal(line("", rule({ matches: [pattern] })), undefined);
  assert.equal(line("", rule({ matches: [pattern, match()] })), "curl http://127.9.0.1:8080/");
  assert.equal(line("", rule({ broken: "no such Service" })), undefined);
  assert.deepEqual(
    lines([listener("http")], [route("a", [""], [rule()])], () => false),
    [],
  );
});

test("many routes share the room: one line for each before the second of any", () => {
  const rules = ["/a", "/b", "/c"].map((value) =>
    rule({ matches: [match({ path: { type: "Exact", value } })] }),
  );
  const routes = Array.from({ length: 10 }, (_, n) => route(`r${n}`, [`r${n}.example.com`], rules));
  const all = lines([listener("http")], routes);
  assert.equal(all.length, 12);
  assert.equal(new Set(all.map((text) => /r\d/.exec(text)?.[0])).size, 10);
});
