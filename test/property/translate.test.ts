import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { applyChange, emptyProgram } from "../../src/program/change.ts";
import type { Filter, Program } from "../../src/program/program.ts";
import type { BackendTLSPolicy } from "../../src/resources/gateway/backend-tls-policy.ts";
import type { Gateway } from "../../src/resources/gateway/gateway.ts";
import type { Resource, ResourceChange } from "../../src/resources/resource.ts";
import type { WantedStatus } from "../../src/resources/wanted-status.ts";
import type { Placement, Translation } from "../../src/translate/translate.ts";
import {
  absent,
  http,
  https,
  makeClass,
  makeConfigMap,
  makeGRPCRoute,
  makeGateway,
  makeGrant,
  makeListenerSet,
  makeNamespace,
  makePod,
  makeRoute,
  makeSecret,
  makeService,
  makeSlice,
  makeTLSPolicy,
  makeStreamRoute,
  makeXBackend,
  newTranslator,
  place,
  present,
  stream,
} from "./translate-objects.ts";
import { arbitraryPlacement } from "./placement-arbitrary.ts";
import { arbitraryResource } from "./translate-arbitrary.ts";

/** A step is one object that comes or changes, one that goes, or a Gateway that is placed. */
type Step = { readonly change: ResourceChange } | { readonly placement: Placement };

const blueOnly = { from: "Selector", selector: { matchLabels: { team: "blue" } } };

function rival(name: string, creationTimestamp: string): Resource {
  const listeners = [
    http("l0", 80),
    http("l1", 8080, blueOnly),
    https("l2", 443, ["a/t1", "b/t2"]),
    stream("l3", "TLS", 443, { hostname: "a.example.com", tls: { mode: "Passthrough" } }),
    stream("l4", "TLS", 443, { hostname: "*.example.com", tls: { certificateRefs: [{ name: "t1" }] } }),
    stream("l5", "TCP", 9100),
    stream("l6", "UDP", 9100),
  ];
  return makeGateway(name, listeners, { creationTimestamp }, "c1");
}

function byDefault(gateway: Resource): Resource {
  const { spec } = gateway as Gateway;
  return { ...gateway, spec: { ...spec, defaultScope: "All" } } as Gateway;
}

function introduced(service: Resource, version: string): Resource {
  const annotations = { "gatewright.dev/proxy-protocol": version };
  return { ...service, metadata: { ...service.metadata, annotations } };
}

const onXBackend = makeRoute("a/r1", ["a/g1"], "/x", [], {
  rules: [{ backendRefs: [{ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "x1" }] }],
});

/** Something that is served, so that the steps have something to disturb. */
const ground: readonly Resource[] = [
  makeClass("c1"),
  makeNamespace("b", { team: "blue" }),
  rival("a/g1", "2026-01-02T00:00:00Z"),
  rival("b/g2", "2026-01-03T00:00:00Z"),
  makeRoute("a/r1", ["a/g1"], "/x", ["a/s1", "b/s2"]),
  makeRoute("b/r2", ["a/g1", "b/g2"], "/y", ["b/s2"]),
  makeListenerSet("b/g1", "a/g1", [http("l0", 9000), https("l1", 9443, ["b/t2"])]),
  makeRoute("b/r1", [], "/z", ["b/s2"], { parentRefs: [{ kind: "ListenerSet", name: "g1" }] }),
  makeRoute("a/r2", [], "/w", ["a/s1"], { useDefaultGateways: "All" }),
  makeGRPCRoute("a/r3", ["a/g1"], "shop", ["a/s1"], { hostnames: ["a.example.com"] }),
  makeStreamRoute("TLSRoute", "a/r1", ["a/g1", "b/g2"], ["a/s1", "b/s2"]),
  makeStreamRoute("TCPRoute", "b/r1", ["a/g1", "b/g2"], ["b/s2"]),
  makeStreamRoute("UDPRoute", "a/r1", ["a/g1"], ["a/s1"]),
  makeService("a/s1"),
  makeService("b/s2"),
  makeSlice("a/e1", "s1", ["10.0.0.1"]),
  makeSlice("b/e1", "s2", ["10.0.0.2"]),
  makeSecret("a/t1", "cert-a"),
  makeSecret("b/t2", "cert-org"),
  makeTLSPolicy("b/p1", "s2", "t1"),
  makeConfigMap("b/t1", "ca"),
  makeXBackend("a/x1", { team: "red" }),
  makePod("a/w1", { team: "red" }, "10.1.0.1"),
];

/** What disturbs it most: other words for the same objects. */
const disturbances: readonly Resource[] = [
  makeNamespace("b", {}),
  rival("a/g1", "2026-01-04T00:00:00Z"),
  rival("b/g2", "2026-01-01T00:00:00Z"),
  makeGateway("a/g1", [http("l0", 8080)], {}, "c1"),
  makeGateway("a/g1", [http("l0", 80), stream("l1", "TCP", 80), stream("l2", "UDP", 80)], {}, "c1"),
  makeGateway("a/g1", [stream("l0", "TLS", 443, { tls: { mode: "Passthrough" } })], {}, "c1"),
  makeStreamRoute("TLSRoute", "a/r1", ["b/g2"], ["b/s2"], { hostnames: ["a.example.com"] }),
  makeStreamRoute("TCPRoute", "b/r1", ["a/g1"], [], {
    rules: [{ backendRefs: [{ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "x1" }] }],
  }),
  makeListenerSet("b/x1", "a/g1", [stream("l0", "TCP", 9100), stream("l1", "TCP", 9101)]),
  introduced(makeService("b/s2"), "v2"),
  introduced(makeService("b/s2"), "v3"),
  makeSlice("a/e1", "s2", ["10.0.0.1"]),
  makeSlice("b/e1", "s2", ["10.0.0.3"]),
  makeGrant("b/n1", "a"),
  byDefault(rival("a/g1", "2026-01-02T00:00:00Z")),
  byDefault(rival("b/g2", "2026-01-03T00:00:00Z")),
  makeListenerSet("b/g1", "b/g2", [http("l0", 9000)]),
  makeListenerSet("b/g1", "a/g1", [http("l0", 80), http("l1", 9001)]),
  makeListenerSet("b/x1", "a/g1", [http("l0", 9000)], { creationTimestamp: "2025-01-01T00:00:00Z" }),
  makeSecret("a/t1", "cert-wildcard"),
  makeTLSPolicy("b/p0", "s2", "t2"),
  makeTLSPolicy("a/p1", "s1", "t1"),
  makeConfigMap("b/t1", "ca-other"),
  makeConfigMap("a/t1", "ca"),
  makePod("a/w1", { team: "blue" }, "10.1.0.1"),
  makePod("a/w2", { team: "red" }, "10.1.0.2"),
  onXBackend,
  makeSecret("b/t2", "cert-a"),
  makeGRPCRoute("a/r3", ["a/g1"], "shop", ["a/s1"], {}, { creationTimestamp: "2025-01-01T00:00:00Z" }),
  makeGRPCRoute("a/r3", ["a/g1", "b/g2"], "shop", ["b/s2"], { hostnames: ["b.example.com"] }),
];

const placements = [place("a/g1", "127.0.0.1"), place("b/g2", "127.0.0.1")];

const onGround = fc.constantFrom(...ground, ...disturbances);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: arbitraryResource.map((object) => ({ change: present(object) })) },
  { weight: 1, arbitrary: arbitraryResource.map((object) => ({ change: absent(object) })) },
  { weight: 4, arbitrary: onGround.map((object) => ({ change: present(object) })) },
  { weight: 2, arbitrary: onGround.map((object) => ({ change: absent(object) })) },
  { weight: 1, arbitrary: arbitraryPlacement.map((placement) => ({ placement })) },
);

const firstSteps: readonly Step[] = [
  ...ground.map((object) => ({ change: present(object) })),
  ...placements.map((placement) => ({ placement })),
];

const steps = fc.array(step, { maxLength: 40 }).map((all) => [...firstSteps, ...all]);

const batchSize = fc.integer({ min: 1, max: 7 });

function batchesOf(all: readonly Step[], size: number): readonly (readonly Step[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** Enough for every mistake in the bookkeeping that was tried out. */
const numRuns = 400;

function check<Values>(property: fc.IProperty<Values>): void {
  fc.assert(property, { numRuns });
}

/** What a run of batches leaves behind: the changes added up, and the last status of each object. */
class Outcome {
  readonly translator = newTranslator();
  program: Program = emptyProgram;
  readonly statuses = new Map<string, WantedStatus>();

  apply(batch: readonly Step[]): Translation {
    const translation = this.translator.apply({
      changes: batch.flatMap((one) => ("change" in one ? [one.change] : [])),
      placements: batch.flatMap((one) => ("placement" in one ? [one.placement] : [])),
    });
    this.program = applyChange(this.program, translation.change);
    for (const status of translation.statuses) {
      if (status.kind === "Removed") assert.ok(this.statuses.delete(status.key), "removed what stood there");
      else this.statuses.set(status.key, status);
    }
    return translation;
  }

  /** Version numbers count the batches, so they are left out. */
  get state(): unknown {
    const statuses = [...this.statuses.values()].map((one) => ({ ...one, version: 0 }));
    return {
      program: { ...this.program, version: 0 },
      statuses: new Map(statuses.map((one) => [one.key, one])),
    };
  }
}

function run(batches: readonly (readonly Step[])[]): Outcome {
  const outcome = new Outcome();
  for (const batch of batches) outcome.apply(batch);
  return outcome;
}

/** Only the last step about an object counts: the world that a run of steps leads to. */
function lastSteps(all: readonly Step[]): readonly Step[] {
  const last = new Map(
    all.map((one) => ["change" in one ? one.change.key : `at ${one.placement.gateway}`, one]),
  );
  return [...last.values()];
}

test("one step at a time comes to the same as all at once", () => {
  check(
    fc.property(steps, (all) => {
      assert.deepEqual(run(all.map((one) => [one])).state, run([all]).state);
    }),
  );
});

test("the order in which objects appear plays no part", () => {
  const shuffled = steps.chain((all) => {
    const last = lastSteps(all);
    return fc.tuple(fc.constant(last), fc.shuffledSubarray([...last], { minLength: last.length }));
  });
  check(
    fc.property(shuffled, batchSize, ([ordered, mixed], size) => {
      assert.deepEqual(run(batchesOf(mixed, size)).state, run([ordered]).state);
    }),
  );
});

test("history leaves no trace: a world that changed is as one that was always so", () => {
  check(
    fc.property(steps, batchSize, (all, size) => {
      assert.deepEqual(run(batchesOf(all, size)).state, run([lastSteps(all)]).state);
    }),
  );
});

test("the changes add up to the program, whose references all lead somewhere", () => {
  check(
    fc.property(fc.array(steps, { maxLength: 4 }), (batches) => {
      const { program, translator } = run(batches);
      assert.deepEqual(program, {
        version: translator.program.version,
        listeners: new Map(translator.program.listeners),
        routes: new Map(translator.program.routes),
        l4Routes: new Map(translator.program.l4Routes),
        backends: new Map(translator.program.backends),
        certificates: new Map(translator.program.certificates),
      });
      checkReferences(program);
    }),
  );
});

test("a Service with a BackendTLSPolicy is never spoken to in plaintext, nor anybody whom nobody vouches for", () => {
  check(
    fc.property(steps, batchSize, (all, size) => {
      const { program } = run(batchesOf(all, size));
      const secured = lastSteps(all).flatMap((one) => ("change" in one ? securedBy(one.change.object) : []));
      for (const { key, tls, endpoints } of program.backends.values()) {
        // What passes through is the client's own TLS, and datagrams know none.
        const isOpen = key.endsWith("/PASSTHROUGH") || key.endsWith("/UDP");
        if (isOpen) assert.equal(tls, undefined, key);
        else if (secured.some((service) => key.startsWith(`${service}:`))) {
          assert.ok(tls !== undefined || endpoints.length === 0, key);
        }
        if (tls?.authorities === "") assert.deepEqual(endpoints, []);
      }
    }),
  );
});

/** `NAMESPACE/SERVICE` of those that a policy is for with all their ports. */
function securedBy(object: Resource | undefined): readonly string[] {
  if (object?.kind !== "BackendTLSPolicy") return [];
  const { metadata, spec } = object as BackendTLSPolicy;
  return spec.targetRefs.flatMap(({ kind, name, sectionName }) =>
    kind === "Service" && sectionName === undefined ? [`${metadata.namespace}/${name}`] : [],
  );
}

test("removing everything leaves nothing", () => {
  check(
    fc.property(steps, (all) => {
      const outcome = run([all]);
      outcome.apply(all.flatMap((one) => ("change" in one ? [{ change: { key: one.change.key } }] : [])));
      assert.deepEqual(outcome.state, new Outcome().state);
    }),
  );
});

test("a batch that is given twice changes nothing the second time", () => {
  check(
    fc.property(steps, (all) => {
      const outcome = run([all]);
      const { version } = outcome.program;
      const { statuses, change } = outcome.apply(lastSteps(all));
      assert.deepEqual(statuses, []);
      assert.equal(change.version, version);
    }),
  );
});

const attachable: Readonly<Record<string, readonly string[]>> = {
  TLSRoute: ["TLS"],
  TCPRoute: ["TLS", "TCP"],
  UDPRoute: ["UDP"],
};

function checkReferences({ listeners, routes, l4Routes, backends, certificates }: Program): void {
  const shown = [...listeners.values()].flatMap(({ tls }) => tls?.certificates ?? []);
  for (const { tls } of backends.values()) if (tls?.certificate !== undefined) shown.push(tls.certificate);
  // A Gateway's certificate for backends is there before there is one with TLS.
  assert.deepEqual(new Set(shown).difference(certificates), new Set());
  const used = new Set<string>();
  const use = (filters: readonly Filter[]) => {
    for (const filter of filters)
      if ("backend" in filter && filter.backend !== undefined) used.add(filter.backend);
  };
  for (const { filters } of listeners.values()) use(filters ?? []);
  for (const { attachments, destinations, key } of l4Routes.values()) {
    for (const { listener } of attachments) {
      const { protocol, tls } = listeners.get(listener)!;
      assert.ok(attachable[key.slice(0, key.indexOf("/"))]?.includes(protocol), `${key} on ${protocol}`);
      const isPassthrough = protocol === "UDP" || (protocol === "TLS" && tls === undefined);
      for (const { backend } of destinations) {
        const { protocol: spoken, tls: added } = backends.get(backend ?? "") ?? {};
        if (backend !== undefined) assert.equal(spoken, protocol === "UDP" ? "UDP" : "TCP");
        if (isPassthrough) assert.equal(added, undefined);
      }
    }
    for (const { backend } of destinations) if (backend !== undefined) used.add(backend);
  }
  for (const route of routes.values()) {
    for (const { listener } of route.attachments)
      assert.match(listeners.get(listener)?.protocol ?? "", /^HTTPS?$/);
    for (const { matches, filters, destinations } of route.rules) {
      assert.ok(matches.length > 0);
      use(filters);
      for (const destination of destinations) {
        if (destination.backend !== undefined) used.add(destination.backend);
        use(destination.filters);
      }
    }
  }
  assert.deepEqual(new Set(backends.keys()), used);
}
