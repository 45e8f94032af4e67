import assert from "node:assert/strict";
import { test } from "node:test";
import type { Destination, Filter, Match, Route, Rule } from "../../program/program.ts";
import { HASH_SEED, hashText } from "./hash.ts";
import { Router } from "./match.ts";

const address = "127.0.0.1";
const nothing = { set: [], remove: [] };

function prefix(value: string, rest: Partial<Match> = {}): Match {
  return { path: { type: "PathPrefix", value }, headers: [], query: [], ...rest };
}

/** A path of so many segments. */
function deep(depth: number): string {
  return "/x".repeat(depth);
}

function withHeader(value: string): Match {
  return prefix("/", { headers: [{ type: "Exact", name: "x", value }] });
}

function destination(backend: string, weight: number): Destination {
  return { backend, weight, filters: [] };
}

function add(value: string): Filter {
  return { type: "RequestHeaderModifier", set: [], add: [{ name: "x", value }], remove: [] };
}

function rule(matches: Match[], rest: Partial<Rule> = {}): Rule {
  return { matches, filters: [], destinations: [], ...rest };
}

function route(name: string, rules: Rule[], hostnames = [""], listener = "ns/gw/http"): Route {
  const attachments = [{ listener, hostnames }];
  return { key: `HTTPRoute/ns/${name}`, namespace: "ns", name, created: 1, attachments, rules };
}

function routerOf(...routes: Route[]): Router {
  const router = new Router();
  const listener = {
    key: "ns/gw/http",
    protocol: "HTTP" as const,
    binds: [{ address, port: 80 }],
    hostname: "",
  };
  router.apply({
    version: 1,
    listeners: { set: [listener], remove: [] },
    routes: { set: routes, remove: [] },
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
  });
  return router;
}

function lookup(router: Router, target: string, fields: Record<string, string> = {}, host = "a.com") {
  const table = router.bind(address, 80)?.choose(host);
  return table?.lookup(host, fields["method"] ?? "GET", target, { get: (name) => fields[name] });
}

function nameOf(router: Router, target: string, fields: Record<string, string> = {}, host = "a.com") {
  return lookup(router, target, fields, host)?.rule.route.key.slice("HTTPRoute/ns/".length);
}

test("a route may come before its listener, and a listener may move", () => {
  const router = new Router();
  const listener = {
    key: "ns/gw/http",
    protocol: "HTTP" as const,
    binds: [{ address, port: 81 }],
    hostname: "b.com",
  };
  router.apply({
    version: 1,
    listeners: nothing,
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: { set: [route("r", [rule([prefix("/")])])], remove: [] },
  });
  assert.deepEqual([...router.binds()], []);
  router.apply({
    version: 2,
    listeners: { set: [listener], remove: [] },
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: nothing,
  });
  assert.equal(router.bind(address, 81)?.choose("a.com"), undefined, "no listener");
  assert.equal(router.bind(address, 81)?.choose("B.com.:81")?.listener, listener);
  const moved = { ...listener, binds: [{ address, port: 80 }], hostname: "" };
  router.apply({
    version: 3,
    listeners: { set: [moved], remove: [] },
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: nothing,
  });
  assert.equal(router.bind(address, 81), undefined);
  assert.equal(nameOf(router, "/x"), "r");
  assert.deepEqual(
    [...router.binds()].map((bind) => [bind.port, [...bind.keys()]]),
    [[80, ["ns/gw/http"]]],
  );
});

test("prefixes deeper than the mask has bits", () => {
  const depths = [0, 1, 29, 30, 31, 32, 60];
  const router = routerOf(...depths.map((depth) => route(`d${depth}`, [rule([prefix(deep(depth) || "/")])])));
  for (const depth of [...depths, 2, 33, 100]) {
    const nearest = Math.max(...depths.filter((one) => one <= depth));
    for (const tail of ["", "/", "/y", "?z"])
      assert.equal(nameOf(router, `${deep(depth) || "/"}${tail}`), `d${nearest}`);
  }
  router.apply({
    version: 2,
    listeners: nothing,
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: { set: [], remove: ["HTTPRoute/ns/d60", "HTTPRoute/ns/d31"] },
  });
  assert.equal(nameOf(router, deep(100)), "d32");
  assert.equal(nameOf(router, deep(31)), "d30");
});

test("paths with the same hash are told apart", () => {
  const seen = new Map<number, string>();
  const twins: [string, string][] = [];
  for (let i = 0; twins.length < 3; i++) {
    const path = `/${Math.imul(i, 0x9e3779b1).toString(36)}${i}`;
    const hash = hashText(HASH_SEED, path);
    const other = seen.get(hash);
    if (other !== undefined) twins.push([other, path]);
    seen.set(hash, path);
  }
  for (const [a, b] of twins) {
    const router = routerOf(route("a", [rule([prefix(a)])]), route("b", [rule([prefix(b)])]));
    assert.equal(nameOf(router, a), "a");
    assert.equal(nameOf(router, `${b}/c`), "b");
    router.apply({
      version: 2,
      listeners: nothing,
      backends: nothing,
      l4Routes: nothing,
      certificates: nothing,
      routes: { set: [], remove: ["HTTPRoute/ns/a"] },
    });
    assert.equal(nameOf(router, a), undefined);
    assert.equal(nameOf(router, b), "b");
  }
  const values = twins.flat();
  const router = routerOf(...values.map((value, i) => route(`r${i}`, [rule([withHeader(value)])])));
  for (const [i, value] of values.entries()) assert.equal(nameOf(router, "/", { x: value }), `r${i}`);
  router.apply({
    version: 2,
    listeners: nothing,
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: { set: [], remove: ["HTTPRoute/ns/r0"] },
  });
  for (const [i, value] of values.entries())
    assert.equal(nameOf(router, "/", { x: value }), i === 0 ? undefined : `r${i}`);
});

test("a path in a program is brought to the form of requests", () => {
  const exact = (value: string): Match => ({ ...prefix("/"), path: { type: "Exact", value } });
  const router = routerOf(route("e", [rule([exact("/%61/%c3%a9")])]), route("p", [rule([prefix("/b/%7e")])]));
  assert.equal(nameOf(router, "/a/%C3%A9"), "e");
  assert.equal(lookup(router, "/b/~/c")?.prefixLength, 4);
});

test("prefixLength is what ReplacePrefixMatch replaces", () => {
  const patterned: Match = { ...prefix("/"), path: { type: "RegularExpression", value: "/re/.*" } };
  const router = routerOf(route("r", [rule([prefix("/"), prefix("/a/b"), patterned])]));
  assert.equal(lookup(router, "/x")?.prefixLength, 0);
  assert.equal(lookup(router, "/a/b/c")?.prefixLength, 4);
  assert.equal(lookup(router, "/re/x")?.prefixLength, undefined);
});

test("headers compare bytes, query parameters decoded text", () => {
  const router = routerOf(
    route("h", [rule([prefix("/", { headers: [{ type: "Exact", name: "x", value: "é" }] })])]),
    route("q", [rule([prefix("/", { query: [{ type: "Exact", name: "é", value: "a b" }] })])]),
    route("p", [rule([prefix("/", { headers: [{ type: "RegularExpression", name: "y", value: "é+" }] })])]),
  );
  assert.equal(nameOf(router, "/", { x: "Ã©" }), "h");
  assert.equal(nameOf(router, "/", { y: "Ã©Ã©" }), "p");
  assert.equal(nameOf(router, "/?%C3%A9=a+b"), "q");
  assert.equal(nameOf(router, "/?%C3%A9=a+c"), undefined);
});

test("a rule with a pattern that is none is broken, and serves its other matches so", () => {
  const invalid: Match = { ...prefix("/"), path: { type: "RegularExpression", value: "(" } };
  const header = prefix("/", { headers: [{ type: "RegularExpression", name: "x", value: "(" }] });
  const router = routerOf(route("r", [rule([invalid, header, prefix("/a")])]));
  assert.notEqual(lookup(router, "/a")?.rule.broken, undefined);
  assert.equal(lookup(router, "/b", { x: "(" }), undefined);
});

test("destinations share by weight", () => {
  const destinations = [destination("a", 1), destination("none", 0), destination("b", 3)];
  const found = lookup(routerOf(route("r", [rule([prefix("/")], { destinations })])), "/")!.rule;
  const at = (fraction: number) => found.destination(fraction)?.backend;
  assert.deepEqual([0, 0.24, 0.25, 0.5, 0.999].map(at), ["a", "a", "b", "b", "b"]);
  const zero = rule([prefix("/")], { destinations: [destination("a", 0)] });
  assert.equal(lookup(routerOf(route("r", [zero])), "/")!.rule.destination(0), undefined);
  assert.equal(lookup(routerOf(route("r", [rule([prefix("/")])])), "/")!.rule.destination(0), undefined);
});

test("a destination runs the rule's filters, then its own", () => {
  const destinations = [
    { backend: "a", weight: 1, filters: [add("2")] },
    { backend: "b", weight: 1, filters: [] },
  ];
  const found = lookup(
    routerOf(route("r", [rule([prefix("/")], { filters: [add("1")], destinations })])),
    "/",
  )!.rule;
  assert.equal(found.destination(0)?.filters.request.lines(new Map()), "x: 1,2\r\n");
  assert.equal(found.destination(0.5)?.filters, found.filters);
});

test("matches that are removed leave nothing behind", () => {
  const router = routerOf(route("stays", [rule([prefix("/")])]));
  const variants = ["1", "2", "3"].map((value) => route(`v${value}`, [rule([withHeader(value)])]));
  router.apply({
    version: 2,
    listeners: nothing,
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: { set: variants, remove: [] },
  });
  assert.equal(nameOf(router, "/", { x: "2" }), "v2");
  const remove = variants.map((one) => one.key);
  router.apply({
    version: 3,
    listeners: nothing,
    backends: nothing,
    l4Routes: nothing,
    certificates: nothing,
    routes: { set: [], remove },
  });
  assert.equal(nameOf(router, "/", { x: "2" }), "stays");
  const [node] = [...router.bind(address, 80)!.choose("a.com")!["paths"].values()];
  assert.equal(node?.["methods"]?.get("")?.length, 1, "one shape is left");
});

test("a gRPC method of any service goes behind prefixes that name a service, and before those that do not", () => {
  const router = new Router();
  const rule = (type: "PathPrefix" | "GRPCMethod", value: string) => {
    return { matches: [{ path: { type, value }, headers: [], query: [] }], filters: [], destinations: [] };
  };
  const rules = [rule("PathPrefix", "/"), rule("GRPCMethod", "Get"), rule("PathPrefix", "/shop.Cart")];
  const attachments = [{ listener: "l", hostnames: [""] }];
  const route = { key: "GRPCRoute/n/g", namespace: "n", name: "g", created: 0, attachments, rules };
  const change = {
    version: 1,
    listeners: {
      set: [{ key: "l", protocol: "HTTP", binds: [{ address: "::1", port: 1 }], hostname: "" }],
      remove: [],
    },
    routes: { set: [route], remove: [] },
    backends: { set: [], remove: [] },
    l4Routes: { set: [], remove: [] },
    certificates: { set: [], remove: [] },
  } as const;
  router.apply(change);
  const ruleOf = (target: string) => {
    const match = router
      .bind("::1", 1)
      ?.choose("a")
      ?.lookup("a", "POST", target, { get: () => undefined });
    return match?.rule.index;
  };
  const targets = { "/shop.Cart/Get": 2, "/x/Get": 1, "/x/Get?q": 1, "/x/Put": 0, "//Get": 0, "/x/y/Get": 0 };
  for (const [target, index] of Object.entries(targets)) assert.equal(ruleOf(target), index, target);
  router.apply({ ...change, routes: { set: [], remove: [route.key] } });
  assert.equal(ruleOf("/x/Get"), undefined);
});
