import * as fc from "fast-check";
import type { ProgramChange } from "../../src/program/change.ts";
import type { FieldMatch, Listener, Match, PathMatch, Route, Rule } from "../../src/program/program.ts";

export type Fields = Readonly<Record<string, string>>;

export interface LinearRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** Names lower case. */
  readonly headers: Fields;
  readonly query: Fields;
}

/** Small alphabets, so that entries meet, shadow and equal one another all the time. */
const hostnames = ["", "a.com", "b.a.com", "c.b.a.com", "*.com", "*.a.com", "*.b.a.com", "b.com"];
const hosts = [
  "",
  "com",
  "a.com",
  "A.com:80",
  "b.a.com.",
  "c.b.a.com",
  "d.c.b.a.com",
  "x.b.a.COM:8080",
  "b.com",
  ".a.com",
  "*.a.com",
  "[::1]:80",
  "x.org",
  "..a.com",
  `${"x.".repeat(300)}a.com`,
];
const literalPaths = ["/", "/a", "/a/b", "/a/b/c", "/ab", "/a/b/c/d/e"];
const patterns = [
  "/a.*",
  "/.*",
  "/a/b/[cd]",
  "/a/b/.*",
  "/(a|b)/b",
  "/a/(b|c)?",
  "/a/b|/ab",
  "/a/b.*",
  "/a/b/c/?",
  ".*b",
];
const paths = [
  "/",
  "/a",
  "/a/",
  "/a/b",
  "/a/b/",
  "/a//b",
  "/ab",
  "/abc",
  "/a/b/c",
  "/a/b/c/d",
  "/a/b/c/d/e",
  "/a/b/c/d/e/f",
  "//",
  "//a",
  "/b",
  "/b/b",
  "/a/c",
  `/a${"/".repeat(50)}`,
  `/a/b${"/x".repeat(50)}`,
];
const fieldNames = ["x", "y", "z"];
const fieldValues = ["1", "2", "12"];
const listenerKeys = ["ns/gw/l0", "ns/gw/l1", "ns/gw/l2", "ns/gw2/l3"];
export const address = "127.0.0.1";
export const ports = [80, 81];

const pathMatch: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ type: fc.constantFrom("Exact", "PathPrefix"), value: fc.constantFrom(...literalPaths) }),
  fc.record({ type: fc.constant("RegularExpression" as const), value: fc.constantFrom(...patterns) }),
  fc.record({ type: fc.constant("GRPCMethod" as const), value: fc.constantFrom("b", "c") }),
);

const fieldMatches: fc.Arbitrary<FieldMatch[]> = fc.uniqueArray(
  fc.record({
    type: fc.constantFrom("Exact", "Exact", "Exact", "RegularExpression"),
    name: fc.constantFrom(...fieldNames),
    value: fc.constantFrom(...fieldValues, "1.*"),
  }),
  { selector: (match) => match.name, maxLength: 3 },
);

const match: fc.Arbitrary<Match> = fc
  .record({
    path: pathMatch,
    method: fc.constantFrom(undefined, undefined, "GET", "POST"),
    headers: fc.oneof(fc.constant([]), fieldMatches),
    query: fc.oneof(fc.constant([]), fieldMatches),
  })
  .map(({ method, ...rest }) => (method === undefined ? rest : { ...rest, method }));

const rule: fc.Arbitrary<Rule> = fc.record({
  matches: fc.array(match, { minLength: 1, maxLength: 4 }),
  filters: fc.constant([]),
  destinations: fc.constant([]),
});

const route: fc.Arbitrary<Route> = fc
  .record({
    namespace: fc.constantFrom("n", "m"),
    name: fc.constantFrom("r", "s", "t", "r-1"),
    created: fc.constantFrom(1, 2),
    attachments: fc.uniqueArray(
      fc.record({
        listener: fc.constantFrom(...listenerKeys),
        hostnames: fc.uniqueArray(fc.constantFrom(...hostnames), { minLength: 1, maxLength: 3 }),
      }),
      { selector: (attachment) => attachment.listener, maxLength: 3 },
    ),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  })
  .map((one) => ({ ...one, key: `HTTPRoute/${one.namespace}/${one.name}` }));

const listener: fc.Arbitrary<Listener> = fc.record({
  key: fc.constantFrom(...listenerKeys),
  protocol: fc.constant("HTTP" as const),
  binds: fc
    .uniqueArray(fc.constantFrom(...ports), { minLength: 1 })
    .map((list) => list.map((port) => ({ address, port }))),
  hostname: fc.constantFrom(...hostnames),
});

const uniqueByKey = { selector: (entry: { key: string }) => entry.key };

/** A change of a program; its version is 0. Keys that are removed may not exist. */
export const change: fc.Arbitrary<ProgramChange> = fc.record({
  version: fc.constant(0),
  listeners: fc.record({
    set: fc.uniqueArray(listener, { ...uniqueByKey, maxLength: 4 }),
    remove: fc.uniqueArray(fc.constantFrom(...listenerKeys), { maxLength: 1 }),
  }),
  routes: fc.record({
    set: fc.uniqueArray(route, { ...uniqueByKey, maxLength: 4 }),
    remove: fc.uniqueArray(fc.constantFrom("HTTPRoute/n/r", "HTTPRoute/m/s", "HTTPRoute/n/t"), {
      maxLength: 3,
    }),
  }),
  l4Routes: fc.constant({ set: [], remove: [] }),
  backends: fc.constant({ set: [], remove: [] }),
  certificates: fc.constant({ set: [], remove: [] }),
});

const fields = fc.dictionary(fc.constantFrom(...fieldNames), fc.constantFrom(...fieldValues), {
  noNullPrototype: true,
});

/** Many routes on one hostname and path, told apart by method, headers and query alone. */
export const crowdedChange: fc.Arbitrary<ProgramChange> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom("r", "s", "t", "u", "v", "w"),
      created: fc.constantFrom(1, 2, 3),
      matches: fc.array(match, { minLength: 1, maxLength: 4 }),
    }),
    { selector: (one) => one.name, maxLength: 6 },
  )
  .map((routes) => ({
    version: 0,
    listeners: {
      set: [{ key: "l", protocol: "HTTP", binds: [{ address, port: 80 }], hostname: "" }],
      remove: [],
    },
    routes: {
      set: routes.map(({ name, created, matches }) => ({
        key: `HTTPRoute/n/${name}`,
        namespace: "n",
        name,
        created,
        attachments: [{ listener: "l", hostnames: ["a.com"] }],
        rules: [
          {
            matches: matches.map((one) => ({ ...one, path: { type: "PathPrefix", value: "/" } })),
            filters: [],
            destinations: [],
          },
        ],
      })),
      remove: [],
    },
    backends: { set: [], remove: [] },
    l4Routes: { set: [], remove: [] },
    certificates: { set: [], remove: [] },
  }));

export const request: fc.Arbitrary<LinearRequest> = fc.record({
  host: fc.constantFrom(...hosts),
  method: fc.constantFrom("GET", "POST"),
  path: fc.constantFrom(...paths),
  headers: fields,
  query: fields,
});
