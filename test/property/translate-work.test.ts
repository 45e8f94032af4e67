import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmptyChange } from "../../src/program/change.ts";
import type { Resource, ResourceChange } from "../../src/resources/resource.ts";
import type { Translator, TranslatorInput, Work } from "../../src/translate/translate.ts";
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

/**
 * Every event costs what it touches, however large the world around it is: the same events, in worlds of
 * two sizes, must do the same work and look at as many resources.
 */

const small = 1000;
const large = 10_000;
const routesPerNamespace = 10;
const selector = { from: "Selector", selector: { matchLabels: { team: "blue" } } };

/** Namespaces of ten routes each; every route with a Service of its own, and one that all of a namespace share. */
function makeWorld(routes: number): readonly Resource[] {
  const objects = [
    makeClass("gatewright"),
    makeGateway("infra/gw", [http("http", 80)]),
    makeGateway("infra/picky", [http("http", 80, selector)]),
    makeGateway("infra/calls", [http("http", 80)]),
    makeGateway("infra/safe", [https("https", 443, ["infra/cert"])]),
    makeGateway("infra/streams", [
      stream("tcp", "TCP", 9000),
      stream("pass", "TLS", 443, { tls: { mode: "Passthrough" } }),
    ]),
    makeSecret("infra/cert", "cert-a"),
    makeSecret("infra/cert-b", "cert-org"),
  ];
  for (let index = 0; index < routes; index++) {
    const namespace = `ns-${Math.floor(index / routesPerNamespace)}`;
    if (index % routesPerNamespace === 0) {
      const parents = ["infra/gw", "infra/picky", "infra/safe"];
      objects.push(
        makeNamespace(namespace, { team: "blue" }),
        makeService(`${namespace}/shared`),
        makeGrant(`${namespace}/in`, "guest"),
        makeStreamRoute("TCPRoute", `${namespace}/all`, ["infra/streams"], [`${namespace}/streams`]),
        makeStreamRoute("TLSRoute", `${namespace}/names`, ["infra/streams"], [`${namespace}/streams`], {
          hostnames: hostnamesOf(namespace),
        }),
        makeService(`${namespace}/streams`),
        makeGRPCRoute(`${namespace}/calls`, ["infra/calls"], "shop", [`${namespace}/shared`], calls),
        makeRoute(`${namespace}/lead`, parents, "/lead", [`${namespace}/shared`]),
      );
    }
    const name = `${namespace}/r-${index}`;
    objects.push(
      makeRoute(name, ["infra/gw"], `/p-${index}`, [name, `${namespace}/shared`]),
      makeService(name),
      makeSlice(`${name}-a`, `r-${index}`, ["10.0.0.1", "10.0.0.2"]),
    );
  }
  return [...objects, ...secured, makeRoute("guest/visitor", ["infra/gw"], "/visit", ["ns-7/shared"])];
}

/** Many in one of the namespaces: as many as a route can have. */
function hostnamesOf(namespace: string): readonly string[] {
  const count = namespace === "ns-7" ? 1024 : 2;
  return Array.from({ length: count }, (_, index) => `h${index}.${namespace}.example.com`);
}

/** A namespace whose Service is spoken to over TLS, and that has a backend of its own making. */
const secured: readonly Resource[] = [
  makeTLSPolicy("ns-9/tls", "shared", "ca"),
  makeConfigMap("ns-9/ca", "ca"),
  makeXBackend("ns-9/pods", { app: "x" }),
  makeRoute("ns-9/on-pods", ["infra/gw"], "/pods", [], {
    rules: [{ backendRefs: [{ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "pods" }] }],
  }),
];

function start(routes: number): Translator {
  const translator = newTranslator();
  const placements = [
    place("infra/gw", "127.0.0.1"),
    place("infra/picky", "127.0.0.2"),
    place("infra/safe", "127.0.0.4"),
    place("infra/calls", "127.0.0.5"),
    place("infra/streams", "127.0.0.6"),
  ];
  translator.apply({ changes: makeWorld(routes).map(present), placements });
  return translator;
}

interface Event {
  readonly name: string;
  /** Each input must change something, and after the last the world is as it was before the first. */
  readonly inputs: readonly TranslatorInput[];
  readonly work: Partial<Work>;
}

function change(...changes: ResourceChange[]): TranslatorInput {
  return { changes };
}

const subject = "ns-7/r-75";
const visiting = "ns-7/shared";
const routeBefore = makeRoute(subject, ["infra/gw"], "/p-75", [subject, visiting]);
/** It has the hostnames of another one, and is as old. */
const manyNamed = makeStreamRoute("TLSRoute", "ns-7/more", ["infra/streams"], ["ns-7/streams"], {
  hostnames: hostnamesOf("ns-7"),
});
const newRoute = makeRoute("ns-7/new", ["infra/gw"], "/new", [visiting]);
const calls = { hostnames: ["calls.example.com"] };
/** Of a kind of its own on the listener of all the others, so all of them are rivals; and the youngest. */
const intruder = makeGRPCRoute(
  "ns-7/in",
  ["infra/gw"],
  "shop",
  [visiting],
  {},
  {
    creationTimestamp: "2027-01-01T00:00:00Z",
  },
);
const newSet = makeListenerSet("ns-7/more", "infra/gw", [http("more", 9000)]);
const onSet = makeRoute("ns-7/on-set", [], "/", [visiting], {
  parentRefs: [{ kind: "ListenerSet", name: "more" }],
});
const newGateway = makeGateway("infra/new", [http("http", 80)], {
  creationTimestamp: "2027-01-01T00:00:00Z",
});
/** The one that leads the namespace, the one for calls, and the visitor. */
const furtherRoutes = 3;

const events: readonly Event[] = [
  {
    name: "a route is edited",
    inputs: [
      change(present(makeRoute(subject, ["infra/gw"], "/other", [subject, visiting]))),
      change(present(routeBefore)),
    ],
    work: { routes: 2 },
  },
  {
    name: "a route comes and goes",
    inputs: [change(present(newRoute)), change(absent(newRoute))],
    work: { routes: 2 },
  },
  {
    name: "a GRPCRoute of the crowd of HTTPRoutes loses, and none of them is the wiser",
    inputs: [change(present(intruder)), change(absent(intruder))],
    work: { routes: 2 },
  },
  {
    name: "a GRPCRoute is edited",
    inputs: [
      change(present(makeGRPCRoute("ns-8/calls", ["infra/calls"], "other", ["ns-8/shared"], calls))),
      change(present(makeGRPCRoute("ns-8/calls", ["infra/calls"], "shop", ["ns-8/shared"], calls))),
    ],
    work: { routes: 2 },
  },
  {
    name: "a TCPRoute on a listener that hundreds are on is edited",
    inputs: [
      change(present(makeStreamRoute("TCPRoute", "ns-8/all", ["infra/streams"], ["ns-8/shared"]))),
      change(present(makeStreamRoute("TCPRoute", "ns-8/all", ["infra/streams"], ["ns-8/streams"]))),
    ],
    work: { routes: 2, backends: 4 },
  },
  {
    name: "a TLSRoute of 1024 hostnames comes and goes",
    inputs: [change(present(manyNamed)), change(absent(manyNamed))],
    work: { routes: 2 },
  },
  {
    name: "a TLSRoute of 1024 hostnames loses one and gets it back",
    inputs: [
      change(
        present(
          makeStreamRoute("TLSRoute", "ns-7/names", ["infra/streams"], ["ns-7/streams"], {
            hostnames: hostnamesOf("ns-7").slice(1),
          }),
        ),
      ),
      change(
        present(
          makeStreamRoute("TLSRoute", "ns-7/names", ["infra/streams"], ["ns-7/streams"], {
            hostnames: hostnamesOf("ns-7"),
          }),
        ),
      ),
    ],
    work: { routes: 2 },
  },
  {
    name: "endpoints change",
    inputs: [
      change(present(makeSlice(`${subject}-a`, "r-75", ["10.0.0.3"]))),
      change(present(makeSlice(`${subject}-a`, "r-75", ["10.0.0.1", "10.0.0.2"]))),
    ],
    work: { backends: 2 },
  },
  {
    name: "the Service of one route loses its port and gets it back",
    inputs: [change(present(makeService(subject, 81))), change(present(makeService(subject)))],
    work: { routes: 2, backends: 2 },
  },
  {
    name: "a ReferenceGrant is revoked and given again",
    inputs: [change(absent(makeGrant("ns-7/in", "guest"))), change(present(makeGrant("ns-7/in", "guest")))],
    work: { routes: 2 },
  },
  {
    name: "the labels of a namespace change: of its routes, the one with a parent that looks at them",
    inputs: [
      change(present(makeNamespace("ns-7", { team: "red" }))),
      change(present(makeNamespace("ns-7", { team: "blue" }))),
    ],
    work: { routes: 2 },
  },
  {
    name: "a Gateway without routes comes, is placed and goes",
    inputs: [
      change(present(newGateway)),
      { changes: [], placements: [place("infra/new", "127.0.0.3")] },
      { changes: [absent(newGateway)], placements: [place("infra/new", undefined)] },
    ],
    work: { gateways: 3 },
  },
  {
    name: "a Gateway with all the routes is annotated: nothing that they see",
    inputs: [
      change(present(makeGateway("infra/gw", [http("http", 80)], { annotations: { note: "x" } }))),
      change(present(makeGateway("infra/gw", [http("http", 80)]))),
    ],
    work: { gateways: 2 },
  },
  {
    name: "a ListenerSet comes and goes: its Gateway is translated, and none of the routes on it",
    inputs: [change(present(newSet)), change(absent(newSet))],
    work: { gateways: 2 },
  },
  {
    name: "a ListenerSet takes a hostname from nobody, and gives a route a home",
    inputs: [change(present(newSet), present(onSet)), change(absent(newSet), absent(onSet))],
    work: { gateways: 2, routes: 2 },
  },
  {
    name: "a certificate is rotated: its Gateway, and none of the routes on it",
    inputs: [
      change(present(makeSecret("infra/cert", "cert-wildcard"))),
      change(present(makeSecret("infra/cert", "cert-a"))),
    ],
    work: { gateways: 2 },
  },
  {
    name: "a Secret that no listener shows changes",
    inputs: [
      change(present(makeSecret("infra/cert-b", "cert-wildcard"))),
      change(present(makeSecret("infra/cert-b", "cert-org"))),
    ],
    work: {},
  },
  {
    name: "a BackendTLSPolicy comes and goes: the backend and its own status",
    inputs: [
      change(present(makeTLSPolicy("ns-7/tls", "r-75", "ca"))),
      change(absent(makeTLSPolicy("ns-7/tls", "r-75", "ca"))),
    ],
    work: { backends: 2, policies: 2 },
  },
  {
    name: "a second BackendTLSPolicy for a Service comes and goes: both statuses, and both backends of the Service",
    inputs: [
      change(present(makeTLSPolicy("ns-9/second", "shared", "ca"))),
      change(absent(makeTLSPolicy("ns-9/second", "shared", "ca"))),
    ],
    work: { backends: 4, policies: 4 },
  },
  {
    name: "authorities are rotated: the backends that are verified with them, and no route",
    inputs: [
      change(present(makeConfigMap("ns-9/ca", "ca-other"))),
      change(present(makeConfigMap("ns-9/ca", "ca"))),
    ],
    work: { backends: 4, policies: 2 },
  },
  {
    name: "a pod comes and goes: the XBackend that selects it",
    inputs: [
      change(present(makePod("ns-9/w", { app: "x" }, "10.1.0.1"))),
      change(absent(makePod("ns-9/w", { app: "x" }, "10.1.0.1"))),
    ],
    work: { backends: 2 },
  },
  {
    name: "a pod that nobody selects comes and goes",
    inputs: [
      change(present(makePod("ns-9/w", { app: "y" }, "10.1.0.1"))),
      change(absent(makePod("ns-9/w", { app: "y" }, "10.1.0.1"))),
    ],
    work: {},
  },
  {
    name: "a route to a Service with a policy comes and goes: its Gateway is an ancestor already",
    inputs: [
      change(present(makeRoute("ns-9/new", ["infra/gw"], "/new", ["ns-9/shared"]))),
      change(absent(makeRoute("ns-9/new", ["infra/gw"], "/new", ["ns-9/shared"]))),
    ],
    work: { routes: 2 },
  },
  {
    name: "the class says the same as before",
    inputs: [change(present(makeClass("gatewright")))],
    work: {},
  },
];

const nothing = { gatewayClasses: 0, gateways: 0, routes: 0, backends: 0, policies: 0 };
const worlds = [start(small), start(large)];

for (const { name, inputs, work } of events) {
  test(`${name}: the same work among ${small} and among ${large} routes`, () => {
    const reads = worlds.map((translator) => {
      const before = snapshot(translator);
      const works = inputs.map((input) => translator.apply(input).work);
      assert.deepEqual(sumOf(works), { ...nothing, ...work });
      assert.deepEqual(snapshot(translator), before);
      return works.map((one) => one.reads);
    });
    assert.deepEqual(reads[0], reads[1], "resources looked at");
  });
}

function snapshot({ program: { routes, l4Routes } }: Translator): unknown {
  return [new Map(routes), new Map(l4Routes)];
}

test("a shared Service is translated once, with the routes that refer to it", () => {
  const translator = start(small);
  const { work } = translator.apply(change(present(makeService(visiting, 81))));
  assert.deepEqual(sumOf([work]), { ...nothing, routes: routesPerNamespace + furtherRoutes, backends: 2 });
});

test("a change that changes nothing is not a new version", () => {
  const translator = start(small);
  const { version } = translator.program;
  const { change: none, statuses, work } = translator.apply(change(present(routeBefore)));
  assert.ok(isEmptyChange(none));
  assert.equal(none.version, version);
  assert.deepEqual(statuses, []);
  assert.deepEqual(sumOf([work]), nothing);
});

/** Objects translated; what was read for them is compared apart. */
function sumOf(works: readonly Work[]): Omit<Work, "reads"> {
  const sum = { ...nothing };
  for (const work of works) {
    sum.gatewayClasses += work.gatewayClasses;
    sum.gateways += work.gateways;
    sum.routes += work.routes;
    sum.backends += work.backends;
    sum.policies += work.policies;
  }
  return sum;
}
