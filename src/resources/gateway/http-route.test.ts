import assert from "node:assert/strict";
import { test } from "node:test";
import { full, service } from "./http-route.fixture.ts";
import { check, edited, shown, type Json } from "../testing.ts";

const rule = ["spec", "rules", 0];

function refused(path: (string | number)[], value: unknown, ...expected: string[]): void {
  assert.deepEqual(shown(check(edited(full, path, value)).errors), expected);
}

test("An HTTPRoute with every field is accepted, in both versions", () => {
  assert.deepEqual(check(full).errors, []);
  assert.deepEqual(check({ ...full, apiVersion: "gateway.networking.k8s.io/v1beta1" }).errors, []);
});

function minimal(spec: Json): Json {
  const { value, errors } = check({ ...full, spec });
  assert.deepEqual(errors, []);
  return value.spec;
}

test("Defaults of an HTTPRoute are the API's", () => {
  const path = { type: "PathPrefix", value: "/" };
  assert.deepEqual(minimal({}), { rules: [{ matches: [{ path }] }] });
  assert.deepEqual(
    minimal({ rules: [{ matches: [{}, { path: {} }, { path: { type: "Exact" } }] }] }).rules[0].matches,
    [{ path }, { path }, { path: { type: "Exact", value: "/" } }],
  );
  assert.deepEqual(minimal({ parentRefs: [{ name: "gw" }] }).parentRefs, [
    { group: "gateway.networking.k8s.io", kind: "Gateway", name: "gw" },
  ]);
  const filters = [
    { type: "CORS", cors: {} },
    { type: "RequestMirror", requestMirror: { backendRef: service, fraction: { numerator: 1 } } },
  ];
  const backend = { group: "", kind: "Service", ...service };
  assert.deepEqual(
    minimal({ rules: [{ filters, backendRefs: [service], retry: {}, sessionPersistence: { cookie: {} } }] }),
    {
      rules: [
        {
          matches: [{ path }],
          filters: [
            { type: "CORS", cors: { maxAge: 5 } },
            {
              type: "RequestMirror",
              requestMirror: { backendRef: backend, fraction: { numerator: 1, denominator: 100 } },
            },
          ],
          backendRefs: [{ ...backend, weight: 1 }],
          retry: { attempts: 1 },
          sessionPersistence: { type: "Cookie", cookie: { path: "/", lifetimeType: "Session" } },
        },
      ],
    },
  );
  const redirect = { rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: {} }] }] };
  assert.equal(minimal(redirect).rules[0].filters[0].requestRedirect.statusCode, 302);
  const headers = { rules: [{ matches: [{ headers: [{ name: "a", value: "b" }] }] }] };
  assert.equal(minimal(headers).rules[0].matches[0].headers[0].type, "Exact");
});

test("Literal paths are absolute and normalised", () => {
  const path = [...rule, "matches", 0, "path"];
  const at = "spec.rules.0.matches.0.path.value: A path of type Exact";
  refused(path, { type: "Exact", value: "a" }, `${at} must start with "/"`);
  for (const part of ["//", "/./", "/../", "%2f", "%2F", "#"]) {
    refused(path, { type: "Exact", value: `/a${part}b` }, `${at} must not contain "${part}"`);
  }
  for (const end of ["/..", "/."])
    refused(path, { type: "Exact", value: `/a${end}` }, `${at} must not end with "${end}"`);
  for (const value of ["/a b", "/ä", "/%zz", "/a?b"]) {
    assert.equal(check(edited(full, path, { value })).errors.length, 1, value);
  }
  refused([...path, "type"], "Prefix", 'spec.rules.0.matches.0.path.type: "Prefix" is not an allowed value');
});

test("A Service needs a port, an XBackend has none", () => {
  const message = "A reference to a Service needs a port";
  refused([...rule, "backendRefs", 0, "port"], undefined, `spec.rules.0.backendRefs.0.port: ${message}`);
  refused(
    [...rule, "filters", 2, "requestMirror", "backendRef"],
    { name: "a" },
    `spec.rules.0.filters.2.requestMirror.backendRef.port: ${message}`,
  );
  refused(
    [...rule, "filters", 6, "externalAuth", "backendRef"],
    { name: "a" },
    `spec.rules.0.filters.6.externalAuth.backendRef.port: ${message}`,
  );
  refused(
    [...rule, "backendRefs", 2, "port"],
    1,
    "spec.rules.0.backendRefs.2.port: A reference to an XBackend must not have a port",
  );
});

test("Timeouts nest", () => {
  const timeouts = [...rule, "timeouts"];
  refused(
    timeouts,
    { request: "1s", backendRequest: "1001ms" },
    "spec.rules.0.timeouts.backendRequest: backendRequest (1001ms) is longer than request (1s)",
  );
  refused(timeouts, { request: "0s", backendRequest: "1h" });
  refused(timeouts, { request: "1s", backendRequest: "1000ms" });
  for (const request of ["1", "1.5s", "-1s", "1d", "", "123456s"]) {
    assert.equal(check(edited(full, timeouts, { request })).errors.length, 1, request);
  }
});

test("Session persistence carries what its type names", () => {
  const path = [...rule, "sessionPersistence"];
  const at = "spec.rules.0.sessionPersistence";
  refused(path, {}, `${at}.cookie: type Cookie needs the field "cookie"`);
  refused(
    path,
    { type: "Header", header: { name: "a" }, cookie: {} },
    `${at}.cookie: "cookie" goes with type Cookie, but type is Header`,
  );
  refused(path, { type: "Header" }, `${at}.header: type Header needs the field "header"`);
  refused(
    path,
    { cookie: {}, header: { name: "a" } },
    `${at}.header: "header" goes with type Header, but type is Cookie`,
  );
  refused(
    path,
    { cookie: { lifetimeType: "Permanent" } },
    `${at}.cookie.lifetimeType: A Permanent cookie needs an absoluteTimeout`,
  );
});

test("References to one parent are told apart", () => {
  const refs = ["spec", "parentRefs"];
  const apart = "Gateway gw is named more than once: each reference needs a sectionName or port";
  refused(refs, [{ name: "gw" }, { name: "gw", sectionName: "a" }], `spec.parentRefs: ${apart}`);
  refused(
    refs,
    [
      { name: "gw", port: 1 },
      { name: "gw", sectionName: "a" },
    ],
    `spec.parentRefs: ${apart}`,
  );
  refused(
    refs,
    [{ name: "gw" }, { name: "gw" }],
    "spec.parentRefs: Gateway gw is named twice with the same sectionName and port",
  );
  refused(refs, [{ name: "gw" }, { name: "gw", namespace: "b" }, { name: "gw", kind: "ListenerSet" }]);
  refused(refs, [
    { name: "gw", sectionName: "a", port: 1 },
    { name: "gw", sectionName: "a", port: 2 },
  ]);
});

const matches = (count: number) => ({ matches: Array.from({ length: count }, () => ({})) });

test("Rule names are unique, and a route has at most 128 matches", () => {
  refused(
    ["spec", "rules", 1, "name"],
    "main",
    'spec.rules: Rule name "main" is used more than once in the route',
  );
  refused(["spec", "rules"], [matches(64), matches(64)]);
  refused(
    ["spec", "rules"],
    [matches(64), matches(64), {}],
    "spec.rules: Too many matches in all rules together: 129, at most 128",
  );
  refused(["spec", "rules"], [matches(65)], "spec.rules.0.matches: Too many entries: 65, at most 64");
  refused(["spec", "rules"], [], "spec.rules: Too few entries: 0, at least 1");
});

test("Header values cannot smuggle lines", () => {
  const path = [...rule, "filters", 0, "requestHeaderModifier", "set", 0, "value"];
  for (const value of ["a\r\nb: c", "a\nb", "a\u0000", " a", "a ", ""]) {
    assert.equal(check(edited(full, path, value)).errors.length, 1, JSON.stringify(value));
  }
  assert.equal(check(edited(full, [...path.slice(0, -1), "name"], "a:b")).errors.length, 1);
});

test("Hostile strings are refused in no time", () => {
  const start = performance.now();
  check(
    edited(
      full,
      [...rule, "filters", 0, "requestHeaderModifier", "set", 0, "value"],
      `${"a".repeat(4000)}\n`,
    ),
  );
  check(edited(full, ["spec", "hostnames", 0], `${"a-".repeat(126)}!`));
  check(edited(full, [...rule, "filters", 5, "cors", "allowOrigins", 0], `https://${"a.".repeat(120)}!`));
  check(edited(full, ["metadata", "annotations"], { [`${"a.".repeat(100_000)}/`]: "" }));
  assert.ok(performance.now() - start < 2000);
});
