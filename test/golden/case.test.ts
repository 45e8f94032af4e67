import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCase, withResults } from "./case.ts";

const requests = `- request: GET http://a.example.com:8080/x?y=1
  headers: { Host: "b.example.com", x-Many: [one, two] }
  expect: { status: 200, backend: default/web-1:80, seen: { headers: { X-Gone: null } } }
`;
const text = `# An idea.
a: 1
---
b: 2
---
# --- placement
{ default/gw: null }
---
# --- requests
${requests}`;

function withRequest(request: string): () => void {
  return () => void parseCase("x.yaml", `a: 1\n---\n# --- requests\n${request}`);
}

test("sections are told apart, and those that are missing are undefined", () => {
  const parsed = parseCase("x.yaml", text);
  assert.equal(parsed.inputs, "# An idea.\na: 1\n---\nb: 2\n");
  assert.deepEqual(parsed.placement, { "default/gw": null });
  assert.equal(parsed.program, undefined);
  assert.equal(parsed.requests.length, 1);
});

test("a request is read whole", () => {
  assert.deepEqual(parseCase("x.yaml", text).requests[0], {
    text: "GET http://a.example.com:8080/x?y=1",
    method: "GET",
    host: "b.example.com",
    port: 8080,
    target: "/x?y=1",
    address: "127.0.0.1",
    headers: { "x-many": ["one", "two"] },
    times: 1,
    expect: {
      status: 200,
      backends: ["default/web-1:80"],
      headers: {},
      seen: { headers: { "x-gone": null } },
    },
  });
});

test("the default port is not in Host", () => {
  const [request] = parseCase(
    "x.yaml",
    "a: 1\n---\n# --- requests\n- { request: GET http://h/, expect: { status: 404, backend: [] } }\n",
  ).requests;
  assert.equal(request?.host, "h");
  assert.equal(request?.port, 80);
  assert.deepEqual(request?.expect.backends, []);
});

test("results go between the sections that people write", () => {
  const updated = withResults("x.yaml", text, "p: 1\n", "s: 1\n");
  const parsed = parseCase("x.yaml", updated);
  assert.deepEqual(parsed.program, { p: 1 });
  assert.deepEqual(parsed.statuses, { s: 1 });
  assert.deepEqual(parsed.requests, parseCase("x.yaml", text).requests);
  assert.equal(withResults("x.yaml", updated, "p: 1\n", "s: 1\n"), updated);
});

test("what is not in the format is refused", () => {
  assert.throws(withRequest("- { request: GET http://h/, expected: { status: 200 } }"), /not known here/);
  assert.throws(withRequest("- { request: http://h/, expect: { status: 200 } }"), /must be like/);
  assert.throws(withRequest("- { request: GET http://h/, expect: {} }"), /either status or shares/);
  assert.throws(withRequest("- { request: GET http://h/, expect: { shares: { a: 1 } } }"), /need times/);
  assert.throws(
    withRequest("- { request: GET http://h/, times: 9, expect: { shares: { a: 0.5 } } }"),
    /must make 1/,
  );
  assert.throws(withRequest("- { request: GET http://h/, expect: { status: '200' } }"), /must be a number/);
  assert.throws(() => parseCase("x.yaml", "a: 1\n# --- oops\n"), /"oops" is unknown/);
  assert.throws(() => parseCase("x.yaml", "a: 1\n# --- requests\n[]\n# --- program\na\n"), /out of order/);
  assert.throws(() => parseCase("x.yaml", "a: 1\n# --- placement\n{ gw: x }\n"), /NAMESPACE\/NAME/);
});
