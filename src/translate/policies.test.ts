import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absent,
  authorities,
  http,
  makeClass,
  makeConfigMap,
  makeGateway,
  makePod,
  makeRoute,
  makeSecret,
  makeService,
  makeSlice,
  makeTLSPolicy,
  makeXBackend,
  newTranslator,
  place,
  present,
} from "../../test/property/translate-objects.ts";
import type { Backend } from "../program/program.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { PolicyWanted, WantedStatus } from "../resources/wanted-status.ts";
import type { Translation, Translator } from "./translate.ts";

const route = makeRoute("a/r", ["infra/gw"], "/", ["a/s"]);
const policy = makeTLSPolicy("a/p", "s", "ca");
const config = makeConfigMap("a/ca", "ca");
const gateway = makeGateway("infra/gw", [http("http", 80)]);
const ground = [
  makeClass("gatewright"),
  gateway,
  route,
  makeService("a/s"),
  makeSlice("a/e", "s", ["10.0.0.1"]),
];

function start(...more: Parameters<typeof present>[0][]): Translator {
  const translator = newTranslator();
  translator.apply({
    changes: [...ground, ...more].map(present),
    placements: [place("infra/gw", "127.0.0.1")],
  });
  return translator;
}

function backend({ change }: Translation): Backend {
  const [one, ...others] = change.backends.set;
  assert.ok(one !== undefined);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [change.listeners, change.routes].flatMap(({ set, remove }) => [...set, ...remove]),
    [],
  );
  return one;
}

function said(statuses: readonly WantedStatus[], key: string): string {
  const found = statuses.find((status) => status.key === key) as PolicyWanted;
  return found.ancestors
    .flatMap(({ conditions }) => conditions.map(({ status, reason }) => `${status} ${reason}`))
    .join(", ");
}

test("a policy changes its backend and nothing else, and so do the authorities: rotated, gone, back again", () => {
  const translator = start(config);
  const added = translator.apply({ changes: [present(policy)] });
  assert.equal(backend(added).tls?.authorities, authorities("ca"));
  assert.equal(said(added.statuses, "BackendTLSPolicy/a/p"), "True Accepted, True ResolvedRefs");
  const rotated = translator.apply({ changes: [present(makeConfigMap("a/ca", "ca-other"))] });
  assert.equal(backend(rotated).tls?.authorities, authorities("ca-other"));
  assert.deepEqual(rotated.statuses, []);
  const gone = translator.apply({ changes: [absent(config)] });
  assert.deepEqual(backend(gone), {
    key: "a/s:80",
    tls: { serverName: "in.example.com", authorities: "" },
    endpoints: [],
  });
  assert.equal(
    said(gone.statuses, "BackendTLSPolicy/a/p"),
    "False NoValidCACertificate, False InvalidCACertificateRef",
  );
  const back = translator.apply({ changes: [present(config)] });
  assert.equal(backend(back).endpoints.length, 1);
  const without = translator.apply({ changes: [absent(policy)] });
  assert.equal(backend(without).tls, undefined);
  assert.deepEqual(without.statuses, [{ kind: "Removed", key: "BackendTLSPolicy/a/p" }]);
});

test("a policy has a status as long as a Gateway of ours sends requests to its Service", () => {
  const translator = start(config, policy);
  const { statuses } = translator.apply({ changes: [absent(route)] });
  assert.ok(statuses.some(({ kind, key }) => kind === "Removed" && key === "BackendTLSPolicy/a/p"));
  const again = translator.apply({ changes: [present(route)] });
  assert.equal(said(again.statuses, "BackendTLSPolicy/a/p"), "True Accepted, True ResolvedRefs");
});

test("a pod that becomes ready changes the XBackend that selects it", () => {
  const onPods = makeRoute("a/pods", ["infra/gw"], "/pods", [], {
    rules: [{ backendRefs: [{ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "x" }] }],
  });
  const translator = start(makeXBackend("a/x", { app: "x" }), onPods);
  const pod = makePod("a/w", { app: "x", tier: "web" }, "10.1.0.1");
  const added = translator.apply({ changes: [present(pod)] });
  assert.deepEqual(backend(added).endpoints, [{ host: "10.1.0.1", port: 8080 }]);
  const relabelled = translator.apply({ changes: [present(makePod("a/w", { tier: "web" }, "10.1.0.1"))] });
  assert.deepEqual(backend(relabelled).endpoints, []);
});

test("the certificate for backends is rotated alone, and goes with its Gateway", () => {
  const { spec } = gateway as Gateway;
  const backends = { clientCertificateRef: { group: "", kind: "Secret", name: "cert" } };
  const showing = { ...gateway, spec: { ...spec, tls: { backend: backends } } } as Gateway;
  const translator = start(config, policy, showing, makeSecret("infra/cert", "cert-a"));
  assert.deepEqual([...translator.program.certificates.keys()], ["infra/cert"]);
  assert.equal(translator.program.backends.get("a/s:80/AS:infra/cert")?.tls?.certificate, "infra/cert");
  const { change } = translator.apply({ changes: [present(makeSecret("infra/cert", "cert-org"))] });
  assert.deepEqual(
    change.certificates.set.map(({ key }) => key),
    ["infra/cert"],
  );
  assert.deepEqual([change.backends.set, change.routes.set], [[], []]);
  const { change: last } = translator.apply({ changes: [present(gateway)] });
  assert.deepEqual(last.certificates.remove, ["infra/cert"]);
  assert.deepEqual([...translator.program.backends.keys()], ["a/s:80"]);
});
