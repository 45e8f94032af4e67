import assert from "node:assert/strict";
import { test } from "node:test";
import type { EndpointSlice } from "../../resources/core/endpoint-slice.ts";
import { keyOf, type Resource, type ResourceChange } from "../../resources/resource.ts";
import type { Service } from "../../resources/core/service.ts";
import type { BackendOption } from "../options.ts";
import { PlayedServices, type EchoPort } from "./played-services.ts";

const created = "2026-01-01T00:00:00Z";

function meta(
  name: string,
  more: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
) {
  return {
    namespace: "shop",
    name,
    creationTimestamp: created,
    generation: 1,
    labels: {},
    annotations: {},
    ...more,
  };
}

function service(ports: readonly number[], annotations: Record<string, string> = {}): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: meta("api", { annotations }),
    spec: {
      type: "ClusterIP",
      sessionAffinity: "None",
      ports: ports.map((port) => ({ name: `p${port}`, port, protocol: "TCP" as const })),
    },
  };
}

function slice(name: string, ports: readonly number[], addresses: readonly string[]): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: meta(name, { labels: { "kubernetes.io/service-name": "api" } }),
    addressType: "IPv4",
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: {} })),
    ports: ports.map((port) => ({ name: `p${port}`, port: port + 1, protocol: "TCP" as const })),
  };
}

function put(object: Resource): ResourceChange {
  return { key: keyOf(object), object };
}

/** The overlay, and all that its observer holds. */
class Stage {
  readonly seen = new Map<string, Resource>();
  readonly opened: string[] = [];
  readonly services: PlayedServices;

  constructor(options: { backends?: readonly BackendOption[]; echo?: boolean; foreign?: boolean }) {
    const openEcho = async ({ port }: EchoPort) => {
      this.opened.push(`${port}`);
      return { host: "127.0.0.1", port: 50_000 + port };
    };
    this.services = new PlayedServices({
      backends: options.backends ?? [],
      followsAnnotations: options.foreign !== true,
      created,
      ...(options.echo && { openEcho }),
    });
  }

  async apply(...changes: readonly ResourceChange[]): Promise<readonly ResourceChange[]> {
    const shown = await this.services.apply(changes);
    for (const { key, object } of shown) {
      if (object === undefined) this.seen.delete(key);
      else this.seen.set(key, object);
    }
    return shown;
  }

  /** `PORT NAME → HOST:PORT` of every endpoint that the translator sees. */
  get endpoints(): readonly string[] {
    const slices = [...this.seen.values()].filter(
      (object) => object.kind === "EndpointSlice",
    ) as EndpointSlice[];
    return slices
      .flatMap(({ ports, endpoints }) =>
        ports.flatMap(({ name, port }) =>
          endpoints.map(({ addresses }) => `${name} → ${addresses[0]}:${port}`),
        ),
      )
      .toSorted();
  }
}

function option(servicePort: number, host: string, port: number): BackendOption {
  return { namespace: "shop", service: "api", servicePort, host, port };
}

test("without wishes everything passes as it is", async () => {
  const stage = new Stage({});
  const changes = [put(service([80])), put(slice("one", [80], ["10.0.0.1"]))];
  assert.deepEqual(new Set(await stage.apply(...changes)), new Set(changes));
  assert.deepEqual(stage.services.played, []);
});

test("--backend replaces the endpoints of its port and leaves the other ports alone", async () => {
  const stage = new Stage({ backends: [option(80, "localhost", 3000)] });
  await stage.apply(put(service([80, 90])), put(slice("one", [80, 90], ["10.0.0.1", "10.0.0.2"])));
  assert.deepEqual(stage.endpoints, ["p80 → localhost:3000", "p90 → 10.0.0.1:91", "p90 → 10.0.0.2:91"]);
  const made = stage.seen.get("EndpointSlice/shop/api-gatewright-80") as EndpointSlice;
  assert.equal(made.addressType, "FQDN");
});

test("--backend makes the Service that no manifest has", async () => {
  const stage = new Stage({ backends: [option(80, "::1", 3000), option(90, "127.0.0.1", 3001)] });
  await stage.apply();
  assert.deepEqual(stage.endpoints, ["port-80 → ::1:3000", "port-90 → 127.0.0.1:3001"]);
  const invented = stage.seen.get("Service/shop/api") as Service;
  assert.deepEqual(
    invented.spec.ports.map(({ port }) => port),
    [80, 90],
  );
  // The real one takes its place, and its going brings the invented one back.
  await stage.apply(put(service([80])));
  assert.deepEqual(stage.endpoints, ["p80 → ::1:3000"]);
  assert.deepEqual(stage.services.faults, [
    { object: "Service/shop/api", message: "--backend names port 90: the Service has only the port 80" },
  ]);
  await stage.apply({ key: "Service/shop/api" });
  assert.deepEqual(stage.endpoints, ["port-80 → ::1:3000", "port-90 → 127.0.0.1:3001"]);
});

test("ports of UDP are played too, beside those of TCP with their number; those of SCTP are not", async () => {
  const stage = new Stage({ echo: true });
  const named = (name: string, protocol: "TCP" | "UDP" | "SCTP") => ({ name, port: 53, protocol });
  const { spec, ...dns } = service([]);
  const ports = [named("t", "TCP"), named("u", "UDP"), named("s", "SCTP")];
  await stage.apply(put({ ...dns, spec: { ...spec, ports } } as Service));
  const slices = [...stage.seen.values()].filter(({ kind }) => kind === "EndpointSlice") as EndpointSlice[];
  assert.deepEqual(
    slices.map(({ metadata, ports: [port] }) => [metadata.name, port?.name, port?.protocol]),
    [
      ["api-gatewright-53", "t", "TCP"],
      ["api-gatewright-53-udp", "u", "UDP"],
    ],
  );
  assert.deepEqual(
    stage.services.played.map(({ port, protocol }) => [port, protocol]),
    [
      [53, undefined],
      [53, "UDP"],
    ],
  );
});

test("annotations: one port goes before all ports, the command line before both", async () => {
  const annotations = {
    "gatewright.dev/backend": "127.0.0.1:1000",
    "gatewright.dev/backend.90": "127.0.0.1:2000",
    "gatewright.dev/backend.99": "127.0.0.1:3000",
  };
  const stage = new Stage({ backends: [option(99, "127.0.0.1", 4000)] });
  await stage.apply(put(service([80, 90, 99], annotations)), put(slice("one", [80], ["10.0.0.1"])));
  assert.deepEqual(stage.endpoints, ["p80 → 127.0.0.1:1000", "p90 → 127.0.0.1:2000", "p99 → 127.0.0.1:4000"]);
  assert.deepEqual(
    stage.services.played.map(({ port, by }) => `${port} ${by}`),
    ["80 annotation", "90 annotation", "99 --backend"],
  );
  await stage.apply(put(service([80])));
  assert.deepEqual(stage.endpoints, ["p80 → 10.0.0.1:81"]);
});

test("annotations of a cluster's Services lead nowhere: who may write them does not own this machine", async () => {
  const stage = new Stage({ foreign: true, backends: [option(90, "127.0.0.1", 4000)] });
  const annotations = { "gatewright.dev/backend": "127.0.0.1:1000", "gatewright.dev/backend.90": "a:1" };
  await stage.apply(put(service([80, 90], annotations)), put(slice("one", [80], ["10.0.0.1"])));
  assert.deepEqual(stage.endpoints, ["p80 → 10.0.0.1:81", "p90 → 127.0.0.1:4000"]);
  assert.match(stage.services.faults[0]?.message ?? "", /gatewright.dev\/backend: not followed .*--backend/);
  assert.equal(stage.services.faults.length, 2);
});

test("an annotation that cannot be followed is a fault, until it is mended", async () => {
  const stage = new Stage({});
  await stage.apply(
    put(service([80], { "gatewright.dev/backend": "3000", "gatewright.dev/backend.81": "a:1" })),
  );
  const [first, second] = stage.services.faults;
  assert.match(first?.message ?? "", /annotation gatewright.dev\/backend: "3000" is not allowed.*HOST:PORT/);
  assert.match(
    second?.message ?? "",
    /annotation gatewright.dev\/backend.81: the Service has only the port 80/,
  );
  await stage.apply(put(service([80], { "gatewright.dev/backend": "localhost:3000" })));
  assert.deepEqual(stage.services.faults, []);
});

test("the echo server plays a Service while no slice has an endpoint", async () => {
  const stage = new Stage({ echo: true });
  await stage.apply(put(service([80])), put(slice("empty", [80], [])));
  assert.deepEqual(stage.endpoints, ["p80 → 127.0.0.1:50080"]);
  await stage.apply(put(slice("full", [80], ["10.0.0.1"])));
  assert.deepEqual(stage.endpoints, ["p80 → 10.0.0.1:81"]);
  assert.deepEqual(stage.services.played, []);
  await stage.apply({ key: "EndpointSlice/shop/full" });
  assert.deepEqual(stage.endpoints, ["p80 → 127.0.0.1:50080"]);
  await stage.apply({ key: "Service/shop/api" });
  assert.deepEqual(stage.endpoints, []);
  assert.deepEqual(stage.services.played, []);
});

test("no echo for what the user has sent elsewhere, for other protocols, nor for ExternalName", async () => {
  const stage = new Stage({ echo: true, backends: [option(80, "127.0.0.1", 3000)] });
  const sctp = {
    ...service([80]),
    spec: { type: "ClusterIP", sessionAffinity: "None", ports: [{ port: 53, protocol: "SCTP" }] },
  } satisfies Service;
  await stage.apply(put(service([80])));
  await stage.apply(put(sctp));
  await stage.apply(
    put({ ...service([81]), spec: { ...service([81]).spec, type: "ExternalName" } } as Service),
  );
  assert.deepEqual(stage.opened, []);
});

test("an edit that changes nothing here shows nothing", async () => {
  const stage = new Stage({ echo: true });
  await stage.apply(put(service([80])));
  assert.deepEqual(await stage.apply(put(service([80]))), []);
});

test("a slice that changes hands serves its new owner only", async () => {
  const stage = new Stage({ echo: true });
  const other = { ...service([80]), metadata: meta("other") };
  await stage.apply(put(service([80])), put(other), put(slice("one", [80], ["10.0.0.1"])));
  const moved = slice("one", [80], ["10.0.0.1"]);
  const labels = { "kubernetes.io/service-name": "other" };
  await stage.apply(put({ ...moved, metadata: { ...moved.metadata, labels } }));
  assert.deepEqual(
    stage.services.played.map(({ service: name }) => name),
    ["api"],
  );
});
