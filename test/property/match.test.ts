import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { applyChange, emptyProgram, type ProgramChange } from "../../src/program/change.ts";
import { Router } from "../../src/proxy/match/match.ts";
import { matchLinearly } from "./linear-matcher.ts";
import { address, change, crowdedChange, ports, request, type LinearRequest } from "./match-arbitraries.ts";

test("the router finds what the specification says, after every edit", () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.array(request, { minLength: 10, maxLength: 30 }),
      compareAfterEach,
    ),
    { numRuns: 1000 },
  );
});

test("so it does for many routes on one path", () => {
  const crowdedRequest = request.map((one) => ({ ...one, host: "a.com" }));
  fc.assert(
    fc.property(
      fc.array(crowdedChange, { minLength: 1, maxLength: 3 }),
      fc.array(crowdedRequest, { minLength: 10, maxLength: 20 }),
      compareAfterEach,
    ),
    { numRuns: 1000 },
  );
});

function compareAfterEach(changes: readonly ProgramChange[], requests: readonly LinearRequest[]): void {
  const router = new Router();
  let program = emptyProgram;
  for (const one of changes) {
    router.apply(one);
    program = applyChange(program, one);
    for (const what of requests) {
      for (const port of ports) {
        const expected = matchLinearly(program, address, port, what);
        assert.equal(matchByRouter(router, port, what), expected, JSON.stringify(what));
      }
    }
  }
}

test("a router from which everything was removed is empty", () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), request, (changes, what) => {
      const router = new Router();
      let program = emptyProgram;
      for (const one of changes) {
        router.apply(one);
        program = applyChange(program, one);
      }
      router.apply({
        version: 0,
        listeners: { set: [...program.listeners.values()], remove: [] },
        routes: { set: [], remove: [...program.routes.keys()] },
        backends: { set: [], remove: [] },
        l4Routes: { set: [], remove: [] },
        certificates: { set: [], remove: [] },
      });
      const binds = [...router.binds()];
      for (const bind of binds) {
        for (const key of bind.keys()) assert.ok(program.listeners.has(key));
        const table = bind.choose(what.host);
        if (table === undefined) continue;
        assert.equal(table.size, 0);
        assert.equal(table["paths"].size, 0);
        assert.equal(table["hosts"]["nodes"].size, 0);
        assert.equal(table["hosts"].any, undefined);
        assert.equal(table.lookup(what.host, what.method, what.path, { get: () => undefined }), undefined);
      }
      router.apply({
        version: 0,
        listeners: { set: [], remove: [...program.listeners.keys()] },
        routes: { set: [], remove: [] },
        backends: { set: [], remove: [] },
        l4Routes: { set: [], remove: [] },
        certificates: { set: [], remove: [] },
      });
      assert.deepEqual([...router.binds()], []);
      for (const bind of binds) assert.equal(bind.choose(what.host), undefined);
    }),
  );
});

function matchByRouter(router: Router, port: number, what: LinearRequest): string {
  const table = router.bind(address, port)?.choose(what.host);
  if (table === undefined) return "no listener";
  const query = Object.entries(what.query).map(([name, value]) => `${name}=${value}`);
  const target = query.length === 0 ? what.path : `${what.path}?${query.join("&")}`;
  const match = table.lookup(what.host, what.method, target, { get: (name) => what.headers[name] });
  if (match === undefined) return table.key;
  return `${table.key} ${match.rule.route.key} ${match.rule.index} ${match.index}`;
}
