import assert from "node:assert/strict";
import { test } from "node:test";
import type { CorsFilter, Filter, HeaderFilter } from "../../program/program.ts";
import { applyEdits, compileFilters } from "./filter.ts";

const filter: CorsFilter = {
  type: "CORS",
  origins: ["https://a.example"],
  credentials: false,
  methods: ["GET", "PUT"],
  headers: ["X-One", "X-Two"],
  exposedHeaders: ["X-Three", "X-Four"],
  maxAge: 600,
};

function cors(more: Partial<CorsFilter> = {}, ...others: readonly Filter[]) {
  return compileFilters([{ ...filter, ...more }, ...others]).cors!;
}

function responseModifier(edits: Partial<HeaderFilter>): HeaderFilter {
  return { type: "ResponseHeaderModifier", set: [], add: [], remove: [], ...edits };
}

/** What a client gets of a backend's fields. */
function answer(of: ReturnType<typeof cors>, origin: string | undefined, fields: [string, string][] = []) {
  return applyEdits(of.grant(origin).edits, fields);
}

const backendFields: [string, string][] = [
  ["Access-Control-Allow-Origin", "*"],
  ["access-control-allow-credentials", "true"],
  ["Access-Control-Max-Age", "86400"],
  ["Other", "o"],
];

test("an origin that is let in is named, and the backend's own fields give way", () => {
  assert.deepEqual(answer(cors(), "https://a.example", backendFields), [
    ["Other", "o"],
    ["Access-Control-Allow-Origin", "https://a.example"],
    ["Access-Control-Expose-Headers", "X-Three, X-Four"],
    ["Vary", "Origin"],
  ]);
});

test("an origin that is not let in gets none of the fields, the backend's neither", () => {
  assert.deepEqual(answer(cors(), "https://evil.example", backendFields), [
    ["Other", "o"],
    ["Vary", "Origin"],
  ]);
});

test("without an origin nothing but Vary is added", () => {
  assert.deepEqual(answer(cors(), undefined, [["Vary", "Accept"], ...backendFields]), [
    ...backendFields,
    ["Vary", "Accept,Origin"],
  ]);
});

test("`*` without credentials is the same answer for everybody", () => {
  const any = cors({ origins: ["*"], exposedHeaders: ["*"] });
  const expected = [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Expose-Headers", "*"],
  ];
  for (const origin of ["https://b.example", "null", undefined])
    assert.deepEqual(answer(any, origin), expected);
});

test("with credentials there is never a `*`", () => {
  const any = cors({
    origins: ["*"],
    methods: ["*"],
    headers: ["*"],
    exposedHeaders: ["*"],
    credentials: true,
  });
  assert.deepEqual(answer(any, "https://b.example"), [
    ["Access-Control-Allow-Origin", "https://b.example"],
    ["Access-Control-Allow-Credentials", "true"],
    ["Vary", "Origin"],
  ]);
  const preflight = any.preflight("https://b.example", "PATCH", "x-a, Authorization");
  assert.ok(!preflight.includes("*"));
  assert.match(preflight, /Access-Control-Allow-Methods: PATCH\r\n/);
  assert.match(preflight, /Access-Control-Allow-Headers: x-a, Authorization\r\n/);
});

test("a preflight is told what the filter lists", () => {
  const lines = cors({ credentials: true }).preflight("https://a.example", "DELETE", "x-other");
  assert.equal(
    lines,
    "Access-Control-Allow-Origin: https://a.example\r\n" +
      "Access-Control-Allow-Credentials: true\r\n" +
      "Access-Control-Allow-Methods: GET, PUT\r\n" +
      "Access-Control-Allow-Headers: X-One, X-Two\r\n" +
      "Access-Control-Expose-Headers: X-Three, X-Four\r\nAccess-Control-Max-Age: 600\r\nVary: Origin\r\n",
  );
});

test("a preflight of an origin that is not let in gets none of the fields", () => {
  assert.equal(cors().preflight("https://evil.example", "GET", undefined), "Vary: Origin\r\n");
});

test("what a preflight asks for is not given back unless it is a token", () => {
  const any = cors({ methods: ["*"], headers: ["*"] });
  for (const bad of ["", "a b", "GET,PUT", "a\u00e9"]) {
    const lines = any.preflight("https://a.example", bad, `x;${bad}`);
    assert.doesNotMatch(lines, /Allow-Methods|Allow-Headers/);
  }
  assert.doesNotMatch(any.preflight("https://a.example", "GET", undefined), /Allow-Headers/);
});

test("filters on answers keep their place in the list", () => {
  const modifier = responseModifier({
    set: [{ name: "access-control-allow-origin", value: "https://own.example" }],
    add: [{ name: "Vary", value: "Accept" }],
  });
  const before = compileFilters([modifier, filter]).cors!;
  const fields = new Map(answer(before, "https://a.example"));
  assert.equal(fields.get("Access-Control-Allow-Origin"), "https://a.example");
  assert.equal(fields.get("Vary"), "Accept,Origin");
  const after = compileFilters([filter, modifier]).cors!;
  assert.deepEqual(
    new Map(answer(after, "https://a.example")).get("access-control-allow-origin"),
    "https://own.example",
  );
});

test("of two CORS filters the later one counts", () => {
  const both = compileFilters([filter, { ...filter, origins: ["https://b.example"] }]).cors!;
  assert.equal(both.grant("https://a.example").fields, "Vary: Origin\r\n");
  assert.match(
    both.grant("https://b.example").fields,
    /^Access-Control-Allow-Origin: https:\/\/b\.example\r\n/,
  );
});

test("errors of our own get the CORS fields and not what other filters add", () => {
  const { fields } = cors({}, responseModifier({ set: [{ name: "x", value: "y" }] })).grant(
    "https://a.example",
  );
  assert.equal(
    fields,
    "Access-Control-Allow-Origin: https://a.example\r\n" +
      "Access-Control-Expose-Headers: X-Three, X-Four\r\nVary: Origin\r\n",
  );
});

test("grants are made once per origin, and are the origin's own however many there are", () => {
  const any = cors({ origins: ["https://*.a.example"] });
  const first = any.grant("https://0.a.example");
  assert.equal(any.grant("https://0.a.example"), first);
  for (let i = 0; i < 2000; i++) {
    const origin = `https://${i}.a.example`;
    assert.ok(any.grant(origin).fields.startsWith(`Access-Control-Allow-Origin: ${origin}\r\n`));
  }
  assert.notEqual(any.grant("https://0.a.example"), first);
});
