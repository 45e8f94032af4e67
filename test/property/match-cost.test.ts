import assert from "node:assert/strict";
import { test } from "node:test";
import type { Match, Route } from "../../src/program/program.ts";
import { Router, type FieldView } from "../../src/proxy/match/match.ts";

const address = "127.0.0.1";

interface Shape {
  readonly match: (i: number) => Match;
  readonly hostname?: (i: number) => string;
  readonly host?: (i: number) => string;
  readonly target: (i: number) => string;
  readonly fields?: (i: number) => FieldView;
}

/** Table nodes and candidates that lookups among `size` routes look at, at most. */
function cost(shape: Shape, size: number): number {
  const router = new Router();
  const listener = { key: "l", protocol: "HTTP" as const, binds: [{ address, port: 80 }], hostname: "" };
  const routes = Array.from({ length: size }, (_, i): Route => {
    const hostnames = [shape.hostname?.(i) ?? "a.com"];
    const attachments = [{ listener: "l", hostnames }];
    const rules = [{ matches: [shape.match(i)], filters: [], destinations: [] }];
    return { key: `HTTPRoute/n/${i}`, namespace: "n", name: `${i}`, created: i, attachments, rules };
  });
  router.apply({
    version: 1,
    listeners: { set: [listener], remove: [] },
    routes: { set: routes, remove: [] },
    backends: { set: [], remove: [] },
    l4Routes: { set: [], remove: [] },
    certificates: { set: [], remove: [] },
  });
  let most = 0;
  for (let i = 0; i < size; i += Math.ceil(size / 1_000)) {
    const before = router.inspected;
    const host = shape.host?.(i) ?? shape.hostname?.(i) ?? "a.com";
    const fields = shape.fields?.(i) ?? { get: () => undefined };
    const match = router.bind(address, 80)?.choose(host)?.lookup(host, "GET", shape.target(i), fields);
    assert.equal(match?.rule.route.key, `HTTPRoute/n/${i}`);
    most = Math.max(most, router.inspected - before);
  }
  return most;
}

function prefix(value: string, rest: Partial<Match> = {}): Match {
  return { path: { type: "PathPrefix", value }, headers: [], query: [], ...rest };
}

function exactly(name: string, value: string): Match["headers"][number] {
  return { type: "Exact", name, value };
}

const shapes: Record<string, Shape> = {
  "distinct hosts": { hostname: (i) => `h${i}.com`, match: () => prefix("/"), target: () => "/x" },
  "wildcard hosts": {
    hostname: (i) => `*.h${i}.com`,
    host: (i) => `x.h${i}.com`,
    match: () => prefix("/"),
    target: () => "/x",
  },
  "prefixes on one host": { match: (i) => prefix(`/p${i}`), target: (i) => `/p${i}/x/y/z` },
  "exact paths on one host": {
    match: (i) => ({ ...prefix("/"), path: { type: "Exact", value: `/p/${i}` } }),
    target: (i) => `/p/${i}`,
  },
  "regular expressions below distinct prefixes": {
    match: (i) => ({ ...prefix("/"), path: { type: "RegularExpression", value: `/p${i}/[0-9]+` } }),
    target: (i) => `/p${i}/7`,
  },
  "header values on one path": {
    match: (i) => prefix("/", { headers: [exactly("tenant", `${i}`), exactly("env", "prod")] }),
    target: () => "/",
    fields: (i) => ({ get: (name) => (name === "tenant" ? `${i}` : "prod") }),
  },
  "pairs of header values on one path": {
    match: (i) =>
      prefix("/", { headers: [exactly("a", `${i % 300}`), exactly("b", `${Math.floor(i / 300)}`)] }),
    target: () => "/",
    fields: (i) => ({ get: (name) => (name === "a" ? `${i % 300}` : `${Math.floor(i / 300)}`) }),
  },
  "query values on one path": {
    match: (i) => prefix("/", { query: [exactly("tenant", `${i}`)] }),
    target: (i) => `/?a=b&tenant=${i}`,
  },
};

for (const [name, shape] of Object.entries(shapes)) {
  test(`${name}: a lookup among 100000 routes looks at no more than among 10`, () => {
    // A second path under one hash is looked at now and then: 100000 hashes of 32 bits collide once.
    assert.ok(cost(shape, 100_000) <= cost(shape, 10) + 2);
  });
}

test("a long path of slashes is read no further than the deepest prefix", () => {
  const router = new Router();
  const listener = { key: "l", protocol: "HTTP" as const, binds: [{ address, port: 80 }], hostname: "" };
  const matches = [prefix("/"), prefix("/a"), prefix("/a/b/c")];
  const attachments = [{ listener: "l", hostnames: [""] }];
  const rules = [{ matches, filters: [], destinations: [] }];
  const route: Route = { key: "HTTPRoute/n/r", namespace: "n", name: "r", created: 1, attachments, rules };
  router.apply({
    version: 1,
    listeners: { set: [listener], remove: [] },
    routes: { set: [route], remove: [] },
    backends: { set: [], remove: [] },
    l4Routes: { set: [], remove: [] },
    certificates: { set: [], remove: [] },
  });
  const count = (path: string): number => {
    const before = router.inspected;
    assert.ok(
      router
        .bind(address, 80)
        ?.choose("x")
        ?.lookup("x", "GET", path, { get: () => undefined }),
    );
    return router.inspected - before;
  };
  assert.equal(count(`/${"/".repeat(60_000)}`), count("////"));
});
