import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadyEvent, RunEvent } from "./event.ts";
import { styleOf, type Style } from "./style.ts";
import { renderTable } from "./table.ts";
import { renderText } from "./text.ts";

const plain: Style = { width: 80, paint: (_, text) => text };

const conditions = [
  { type: "Accepted", status: "True", reason: "Accepted", message: "", observedGeneration: 1 },
] as const;

const ready: ReadyEvent = {
  event: "ready",
  gatewright: "1.2.3",
  version: 1,
  workers: 2,
  follow: true,
  elapsedMs: 321,
  gateways: [
    {
      namespace: "shop",
      name: "web",
      class: "prod",
      addresses: ["127.9.0.1"],
      programmed: true,
      listeners: [
        {
          name: "http",
          protocol: "HTTP",
          port: 8080,
          specPort: 80,
          hostname: "*.example.com",
          attachedRoutes: 3,
        },
        { name: "admin", protocol: "HTTP", port: 9000, specPort: 9000, hostname: "", attachedRoutes: 0 },
      ],
      idle: [{ name: "https", protocol: "HTTPS", specPort: 443, hostname: "", attachedRoutes: 0 }],
    },
  ],
  routes: [
    {
      kind: "HTTPRoute",
      namespace: "shop",
      name: "paths",
      hostnames: ["a.example.com", "b.example.com", "c.example.com", "d.example.com", "e.example.com"],
      rules: 4,
      parents: [
        {
          parentRef: {
            group: "gateway.networking.k8s.io",
            kind: "Gateway",
            name: "web",
            sectionName: "http",
          },
          conditions,
        },
      ],
    },
    { kind: "HTTPRoute", namespace: "shop", name: "lost", hostnames: [], rules: 1, parents: [] },
  ],
  backends: [
    { namespace: "shop", service: "api", port: 80, by: "--backend", target: { host: "::1", port: 3000 } },
    { namespace: "shop", service: "cart", port: 80, by: "echo", target: { host: "127.0.0.1", port: 41_000 } },
    { namespace: "shop", service: "cart", port: 81, by: "echo", target: { host: "127.0.0.1", port: 41_001 } },
  ],
  conditions: [
    {
      subject: "Gateway shop/web, listener https",
      type: "Accepted",
      status: "False",
      reason: "UnsupportedProtocol",
      message: "Protocol HTTPS is not supported",
    },
  ],
  problems: [
    {
      text: "routes.yaml:3:5: spec.rule: unknown field\n      rule: 1\n      ^\n  did you mean: rules",
      message: "spec.rule: unknown field",
      severity: "error",
      file: "routes.yaml",
      line: 3,
      column: 5,
    },
  ],
  skipped: [
    { apiVersion: "apps/v1", kind: "Deployment", file: "a.yaml", line: 1 },
    { apiVersion: "v1", kind: "Gatway", file: "b.yaml", line: 7, hint: "did you mean Gateway?" },
  ],
  notices: ["GatewayClass prod is not defined in the files; it is implied"],
  try: ["curl -H 'Host: a.example.com' http://127.9.0.1:8080/"],
};

test("ready: all of it", () => {
  assert.equal(
    renderText(ready, plain),
    `Gatewright 1.2.3 is ready: 2 workers, 321 ms

Gateways
  shop/web, class prod, address 127.9.0.1, programmed
    LISTENER  SERVES                     HOSTNAME       ROUTES
    http      HTTP:8080  for 80          *.example.com  3
    admin     HTTP:9000                  any            0
    https     HTTPS:443  does not serve  any            0

Routes
  HTTPROUTE   HOSTNAMES                                         PARENTS   RULES
  shop/paths  a.example.com, b.example.com, c.example.com, and  web/http  4
              2 more
  shop/lost   any                                               none      1

Backends played on this machine
  shop/api:80 is [::1]:3000 (--backend)
  echo server: shop/cart:80, shop/cart:81

Notices
  GatewayClass prod is not defined in the files; it is implied

Conditions that are not as wished
  Gateway shop/web, listener https: Accepted=False UnsupportedProtocol
    Protocol HTTPS is not supported

Problems in the files
  routes.yaml:3:5: spec.rule: unknown field
        rule: 1
        ^
    did you mean: rules

Kinds that are passed over
  Deployment
  b.yaml:7: Gatway: did you mean Gateway?

Try
  curl -H 'Host: a.example.com' http://127.9.0.1:8080/
`,
  );
});

test("ready with nothing to serve says so", () => {
  const nothing = {
    ...ready,
    gateways: [],
    routes: [],
    backends: [],
    conditions: [],
    problems: [],
    skipped: [],
    notices: [],
    try: [],
  };
  assert.equal(
    renderText(nothing, plain),
    "Gatewright 1.2.3 is ready: 2 workers, 321 ms\n\nNothing can be served yet. Edit the files: they are followed.\n",
  );
});

test("long lists are cut, and say so", () => {
  const [route] = ready.routes;
  const routes = Array.from({ length: 1000 }, (_, n) => ({ ...route!, name: `r${n}` }));
  const text = renderText({ ...ready, routes }, plain);
  assert.match(text, /shop\/r49 [^]*… and 950 more/);
  assert.doesNotMatch(text, /shop\/r50 /);
});

const others: readonly [RunEvent, string][] = [
  [
    {
      event: "change",
      version: 4,
      elapsedMs: 3.2,
      files: ["a.yaml", "new.yaml"],
      changed: [
        { change: "added", kind: "HTTPRoute", namespace: "shop", name: "new" },
        { change: "removed", kind: "GatewayClass", namespace: "", name: "prod" },
      ],
      gateways: [],
      routes: [],
      removed: [],
      backends: [],
      conditions: [],
      cleared: [
        {
          subject: "HTTPRoute shop/a, parent web",
          type: "ResolvedRefs",
          status: "False",
          reason: "",
          message: "",
        },
      ],
      notices: [],
      skipped: [{ apiVersion: "v1", kind: "Pod", file: "a.yaml", line: 1 }],
    },
    `
Changed: the proxies serve version 4 in 3.2 ms
  a.yaml
  new.yaml
  + HTTPRoute shop/new
  - GatewayClass prod
Kinds that are passed over
  Pod
  HTTPRoute shop/a, parent web: ResolvedRefs is in order again
`,
  ],
  [
    {
      event: "problem",
      problems: [
        {
          text: "a.yaml:1:1: not YAML\n  the last good version stays in force",
          message: "not YAML",
          severity: "error",
        },
      ],
      fixed: [{ text: "", message: "no name", severity: "error", file: "b.yaml", line: 2, column: 1 }],
    },
    "\n  a.yaml:1:1: not YAML\n    the last good version stays in force\n  Fixed: b.yaml:2: no name\n",
  ],
  [
    { event: "worker-exit", pid: 7, code: null, signal: "SIGKILL" },
    "Worker 7 has ended by SIGKILL; another one takes its place.\n",
  ],
  [
    { event: "worker-exit", pid: 7, code: 1, signal: null },
    "Worker 7 has ended with code 1; another one takes its place.\n",
  ],
  [
    {
      event: "flood",
      floods: [
        {
          kind: "ping",
          peer: "client",
          address: "127.0.0.1",
          port: 8080,
          connections: 12,
          listeners: ["shop/web/http", "shop/web/api"],
        },
        { kind: "ping", peer: "backend", address: "::1", port: 80, connections: 1, listeners: [] },
        {
          kind: "rapid-reset",
          peer: "client",
          address: "127.0.0.1",
          port: 8080,
          connections: 3,
          listeners: ["shop/web/http", "shop/web/api"],
        },
      ],
    },
    "Flood from clients of 127.0.0.1:8080 (shop/web/http, shop/web/api): 15 HTTP/2 connections ended (12 ping, 3 rapid-reset)\n" +
      "Flood from backend [::1]:80: 1 HTTP/2 connection ended (1 ping)\n",
  ],
  [
    { event: "stopping", signal: "SIGINT", deadlineMs: 10_000 },
    "\nStopping on SIGINT: requests under way have 10 s. Once more: stop at once.\n",
  ],
  [{ event: "stopped", cut: 0 }, "Stopped; every request was finished.\n"],
  [{ event: "stopped", cut: 2 }, "Stopped; 2 connections were cut.\n"],
];

for (const [event, text] of others) {
  test(`${event.event}: ${text.trim().split("\n")[0]}`, () => assert.equal(renderText(event, plain), text));
}

test("a table keeps to the width as long as its columns say something", () => {
  const long = Array.from({ length: 9 }, (_, n) => `${n}.example.com`).join(", ");
  const lines = renderTable(["NAME", "HOSTNAMES"], [["shop/paths", long]], 2, { ...plain, width: 50 });
  assert.ok(lines.every((line) => line.length <= 50));
  assert.equal(
    lines
      .slice(1)
      .map((line) => line.slice(14))
      .join(" "),
    long,
  );
});

test("manifests cannot steer the terminal", () => {
  const [listener] = ready.gateways;
  const evil = { ...ready, gateways: [{ ...listener!, class: "a\u001b[2J\u202e" }] };
  assert.doesNotMatch(renderText(evil, plain), /[\u001b\u202e]/);
});

test("colours are for terminals that want them", () => {
  const tty = { isTTY: true, columns: 120 };
  assert.match(renderText(ready, styleOf(tty, {})), /\u001b\[/);
  assert.equal(styleOf(tty, {}).width, 120);
  assert.equal(styleOf({ isTTY: true, columns: 0 }, {}).width, 80, "a terminal that does not know its size");
  for (const style of [styleOf(tty, { NO_COLOR: "1" }), styleOf(tty, { TERM: "dumb" }), styleOf({}, {})]) {
    assert.doesNotMatch(renderText(ready, style), /\u001b\[/);
  }
});
