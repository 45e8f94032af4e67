import assert from "node:assert/strict";
import { test } from "node:test";
import { full, service } from "./http-route.fixture.ts";
import { check, edited, shown, type Json } from "../testing.ts";

const rule = ["spec", "rules", 0];

function refused(path: (string | number)[], value: unknown, ...expected: string[]): void {
  assert.deepEqual(shown(check(edited(full, path, value)).errors), expected);
}

test("Filters carry what their type names", () => {
  const members: Record<string, Json> = {
    RequestHeaderModifier: ["requestHeaderModifier", {}],
    ResponseHeaderModifier: ["responseHeaderModifier", {}],
    RequestMirror: ["requestMirror", { backendRef: service }],
    RequestRedirect: ["requestRedirect", {}],
    URLRewrite: ["urlRewrite", {}],
    ExtensionRef: ["extensionRef", { group: "", kind: "A", name: "a" }],
    CORS: ["cors", {}],
    ExternalAuth: ["externalAuth", { protocol: "GRPC", backendRef: service, grpc: {} }],
  };
  const plain = edited(full, [...rule, "backendRefs"], undefined);
  for (const [type, [field, value]] of Object.entries(members)) {
    const other = type === "CORS" ? "URLRewrite" : "CORS";
    const [otherField, otherValue] = members[other];
    const errors = (filter: Json) => shown(check(edited(plain, [...rule, "filters"], [filter])).errors);
    assert.deepEqual(errors({ type, [field]: value }), []);
    assert.deepEqual(errors({ type }), [
      `spec.rules.0.filters.0.${field}: type ${type} needs the field "${field}"`,
    ]);
    assert.deepEqual(errors({ type, [field]: value, [otherField]: otherValue }), [
      `spec.rules.0.filters.0.${otherField}: "${otherField}" goes with type ${other}, but type is ${type}`,
    ]);
  }
});

test("Filters that cannot be repeated or combined are not", () => {
  const filters = [...rule, "filters"];
  const rewrite = { type: "URLRewrite", urlRewrite: {} };
  const redirect = { type: "RequestRedirect", requestRedirect: {} };
  for (const [type, field] of [
    ["RequestHeaderModifier", "requestHeaderModifier"],
    ["ResponseHeaderModifier", "responseHeaderModifier"],
    ["CORS", "cors"],
    ["URLRewrite", "urlRewrite"],
  ] as const) {
    const twice = { type, [field]: {} };
    refused(
      filters,
      [twice, twice],
      `spec.rules.0.filters: More than one filter of type ${type}: a list may have one of each`,
    );
    refused(
      [...rule, "backendRefs", 0, "filters"],
      [twice, twice],
      `spec.rules.0.backendRefs.0.filters: More than one filter of type ${type}: a list may have one of each`,
    );
  }
  const bare = edited(full, [...rule, "backendRefs"], []);
  assert.deepEqual(shown(check(edited(bare, filters, [redirect, redirect])).errors), [
    "spec.rules.0.filters: More than one filter of type RequestRedirect: a list may have one of each",
  ]);
  assert.deepEqual(shown(check(edited(bare, filters, [redirect, rewrite])).errors), [
    "spec.rules.0.filters: RequestRedirect and URLRewrite exclude each other: choose one",
  ]);
  refused(
    filters,
    [redirect],
    "spec.rules.0.filters: A rule that redirects has nothing left for its backendRefs: remove one of them",
  );
});

test("Path modifiers carry what their type names, and a prefix needs one prefix match", () => {
  const path = [...rule, "filters", 4, "urlRewrite", "path"];
  const at = "spec.rules.0.filters.4.urlRewrite.path";
  refused(
    path,
    { type: "ReplaceFullPath" },
    `${at}.replaceFullPath: type ReplaceFullPath needs the field "replaceFullPath"`,
  );
  refused(
    path,
    { type: "ReplaceFullPath", replacePrefixMatch: "/" },
    `${at}.replaceFullPath: type ReplaceFullPath needs the field "replaceFullPath"`,
    `${at}.replacePrefixMatch: "replacePrefixMatch" goes with type ReplacePrefixMatch, but type is ReplaceFullPath`,
  );
  const prefix = { type: "ReplacePrefixMatch", replacePrefixMatch: "/" };
  const message = (member: string) =>
    `ReplacePrefixMatch in ${member} needs exactly one match in the rule, of type PathPrefix`;
  refused(path, prefix, `spec.rules.0.filters: ${message("urlRewrite")}`);
  const single = (matches: Json) => edited(edited(full, path, prefix), [...rule, "matches"], matches);
  assert.deepEqual(check(single([{ path: { value: "/a" } }])).errors, []);
  assert.deepEqual(check(single(undefined)).errors, []);
  assert.equal(check(single([{ path: { type: "Exact", value: "/a" } }])).errors.length, 1);
  assert.equal(check(single([{}, {}])).errors.length, 1);
  assert.equal(check(single([])).errors.length, 1);
  const inBackend = [{ type: "URLRewrite", urlRewrite: { path: prefix } }];
  refused(
    [...rule, "backendRefs", 0, "filters"],
    inBackend,
    `spec.rules.0.backendRefs: ${message("urlRewrite")}`,
  );
  const redirect = [{ type: "RequestRedirect", requestRedirect: { path: prefix } }];
  refused(
    [...rule, "backendRefs", 0, "filters"],
    redirect,
    `spec.rules.0.backendRefs: ${message("requestRedirect")}`,
  );
  refused(["spec", "rules", 1, "matches"], [{}, {}], `spec.rules.1.filters: ${message("requestRedirect")}`);
});

test("A mirror takes a percentage or a fraction of at most one", () => {
  const mirror = [...rule, "filters", 2, "requestMirror"];
  const at = "spec.rules.0.filters.2.requestMirror";
  refused(
    [...mirror, "fraction"],
    { numerator: 1 },
    `${at}.fraction: Give either "percent" or "fraction", not both`,
  );
  refused(
    mirror,
    { backendRef: service, fraction: { numerator: 101 } },
    `${at}.fraction.numerator: The fraction 101/100 is more than the whole`,
  );
  refused([...mirror, "percent"], 101, `${at}.percent: 101 is too large: at most 100`);
});

test("A wildcard of CORS stands alone", () => {
  const cors = [...rule, "filters", 5, "cors"];
  const message = '"*" must stand alone: remove it, or the other entries';
  refused([...cors, "allowHeaders"], ["a", "*"], `spec.rules.0.filters.5.cors.allowHeaders: ${message}`);
  refused([...cors, "allowMethods"], ["*", "GET"], `spec.rules.0.filters.5.cors.allowMethods: ${message}`);
  refused(
    [...cors, "allowOrigins"],
    ["*", "https://a"],
    `spec.rules.0.filters.5.cors.allowOrigins: ${message}`,
  );
  refused([...cors, "allowOrigins"], ["*"]);
  for (const origin of ["a.example.com", "https://a/", "ftp://a", "https://a:port", "https://a.*.b"]) {
    assert.equal(check(edited(full, [...cors, "allowOrigins"], [origin])).errors.length, 1, origin);
  }
});
