import assert from "node:assert/strict";
import { test } from "node:test";
import { fullObjects } from "./full.fixture.ts";
import { findKind } from "../kinds.ts";
import { check, edited, shown, type Json } from "../testing.ts";
import { validate } from "../schema/validate.ts";

/** Rules of the kinds that have no test file of their own. */
const full = (kind: string): Json => fullObjects.find((each) => each.kind === kind);

function refused(object: Json, path: (string | number)[], value: unknown, ...expected: string[]): void {
  assert.deepEqual(shown(check(edited(object, path, value)).errors), expected);
}

test("The controller of a class and of a mesh stays", () => {
  for (const kind of ["GatewayClass", "XMesh"]) {
    const before = full(kind);
    const { schema } = findKind(before.apiVersion, kind)!.version;
    const update = (path: string[], value: string) =>
      shown(validate(schema, edited(before, path, value), { previous: before }).errors);
    assert.deepEqual(update(["spec", "controllerName"], "example.com/other"), [
      "spec.controllerName: Field cannot be changed: delete the object and create it anew",
    ]);
    assert.deepEqual(update(["spec", "description"], "new"), []);
  }
});

test("ListenerSet: rules of listeners, but for filters", () => {
  const set = full("ListenerSet");
  const at = ["spec", "listeners", 4];
  refused(set, [...at, "filters"], {});
  refused(
    set,
    [...at, "tls"],
    { mode: "Passthrough" },
    "spec.listeners.4.tls: A listener of protocol TCP must not have tls",
  );
  const twin = { ...set.spec.listeners[4], name: "twin" };
  refused(
    set,
    ["spec", "listeners"],
    [twin, { ...twin, name: "other" }],
    "spec.listeners: Listeners twin, other are not distinct: each needs a port, protocol and hostname that no other one has",
  );
});

test("GRPCRoute: methods, filters, names, matches", () => {
  const route = full("GRPCRoute");
  const rule = ["spec", "rules", 0];
  const method = [...rule, "matches", 0, "method"];
  const at = "spec.rules.0.matches.0.method";
  refused(route, method, {}, `${at}: Give "service", "method" or both, or leave the whole match out`);
  for (const service of ["a-b", "1a", "a..b", "a."]) {
    refused(
      route,
      method,
      { service },
      `${at}.service: A service is named by words of letters, digits and _, joined by dots`,
    );
    refused(route, method, { type: "RegularExpression", service });
  }
  for (const service of [".a.B", "_a", "Example.V1"]) refused(route, method, { service });
  refused(
    route,
    method,
    { method: "a.b" },
    `${at}.method: A method is named by a word of letters, digits and _, with no digit in front`,
  );
  const modifier = { type: "RequestHeaderModifier", requestHeaderModifier: {} };
  refused(
    route,
    [...rule, "filters"],
    [modifier, modifier],
    "spec.rules.0.filters: More than one filter of type RequestHeaderModifier: a list may have one of each",
  );
  refused(
    route,
    [...rule, "filters"],
    [{ type: "CORS" }],
    'spec.rules.0.filters.0.type: "CORS" is not an allowed value',
  );
  refused(
    route,
    ["spec", "rules", 1, "name"],
    "orders",
    'spec.rules: Rule name "orders" is used more than once in the route',
  );
  const matches = Array.from({ length: 64 }, () => ({}));
  refused(route, ["spec", "rules"], [{ matches }, { matches }, {}]);
  refused(
    route,
    ["spec", "rules"],
    [{ matches }, { matches }, { matches: [{}] }],
    "spec.rules: Too many matches in all rules together: 129, at most 128",
  );
  refused(route, ["spec", "rules"], undefined);
});

test("TLSRoute, TCPRoute, UDPRoute: one rule, which alpha versions did not mind", () => {
  for (const route of fullObjects.filter(({ kind }) => ["TLSRoute", "TCPRoute", "UDPRoute"].includes(kind))) {
    const [rule] = route.spec.rules;
    const alpha2 = route.apiVersion.endsWith("v1alpha2");
    const { name: _, ...nameless } = rule;
    const tooMany = alpha2 ? [] : ["spec.rules: Too many entries: 2, at most 1"];
    refused(route, ["spec", "rules"], [rule, nameless], ...tooMany);
    refused(route, ["spec", "rules"], undefined, 'spec.rules: Missing field "rules"');
    refused(
      route,
      ["spec", "rules", 0, "backendRefs"],
      [],
      "spec.rules.0.backendRefs: Too few entries: 0, at least 1",
    );
    if (alpha2) {
      refused(
        route,
        ["spec", "rules"],
        [rule, rule],
        `spec.rules: Rule name "${rule.name}" is used more than once in the route`,
      );
    }
    if (route.kind === "TLSRoute") {
      const address = alpha2 ? [] : ["spec.hostnames.1: Clients name hosts, not IP addresses, in TLS"];
      refused(route, ["spec", "hostnames"], ["a.example.com", "1.2.3.4"], ...address);
      refused(
        route,
        ["spec", "hostnames"],
        undefined,
        ...(alpha2 ? [] : ['spec.hostnames: Missing field "hostnames"']),
      );
    }
  }
});

test("BackendTLSPolicy: targets are told apart, authorities are given once, names are of their type", () => {
  const policy = full("BackendTLSPolicy");
  const service = (sectionName?: string) => ({
    group: "",
    kind: "Service",
    name: "svc",
    ...(sectionName && { sectionName }),
  });
  const targets = ["spec", "targetRefs"];
  refused(
    policy,
    targets,
    [service(), service("a")],
    "spec.targetRefs: Service svc is named more than once: each reference needs a sectionName",
  );
  refused(
    policy,
    targets,
    [service("a"), service("a")],
    "spec.targetRefs: Service svc is named twice with the same sectionName",
  );
  refused(policy, targets, [service("a"), service("b")]);
  const validation = ["spec", "validation"];
  const one = "spec.validation: Give exactly one of caCertificateRefs and wellKnownCACertificates";
  refused(policy, [...validation, "wellKnownCACertificates"], "System", one);
  refused(policy, [...validation, "caCertificateRefs"], undefined, one);
  const name = [...validation, "subjectAltNames", 0];
  const at = "spec.validation.subjectAltNames.0";
  refused(policy, name, { type: "URI", uri: "spiffe://a/b" });
  refused(policy, name, { type: "URI" }, `${at}.uri: type URI needs the field "uri"`);
  refused(
    policy,
    name,
    { type: "Hostname", hostname: "a", uri: "spiffe://a/b" },
    `${at}.uri: "uri" goes with type URI, but type is Hostname`,
  );
});

test("XBackend: parts go with the type, TLS with the protocol", () => {
  const backend = full("XBackend");
  const host = fullObjects.filter(({ kind }) => kind === "XBackend")[1];
  refused(
    backend,
    ["spec", "type"],
    "ExternalHostname",
    'spec.externalHostname: type ExternalHostname needs the field "externalHostname"',
    'spec.endpointSelector: "endpointSelector" goes with type EndpointSelector, but type is ExternalHostname',
    "spec.sessionPersistence: sessionPersistence goes with type EndpointSelector only",
  );
  refused(
    backend,
    ["spec", "protocol"],
    "H2C",
    "spec.tls.mode: H2C is HTTP/2 without TLS: use protocol HTTP2, or TLS mode None",
  );
  refused(
    backend,
    ["spec", "tls"],
    undefined,
    "spec.tls.mode: HTTP2 is HTTP/2 over TLS: use protocol H2C, or another TLS mode than None",
  );
  refused(
    host,
    ["spec"],
    { ...host.spec, protocol: "WSS", tls: undefined },
    "spec.tls.mode: WSS is WebSocket over TLS: use another TLS mode than None",
  );
  refused(
    host,
    ["spec", "tls"],
    { mode: "None", validation: host.spec.tls.validation },
    "spec.tls.validation: validation goes with modes ServerOnly and ClientAndServer, which need it, and not with None",
  );
  refused(
    host,
    ["spec", "tls", "mode"],
    "ClientAndServer",
    "spec.tls.clientCertificateRef: clientCertificateRef goes with mode ClientAndServer, which needs it, and with no other",
  );
  refused(
    host,
    ["spec", "externalHostname", "hostname"],
    "svc.ns.svc.cluster.local",
    "spec.externalHostname.hostname: A host of the cluster is not an external one: refer to its Service instead",
  );
  refused(backend, ["spec", "port"], {}, "spec.port: Too few entries: 0, at least 1");
  for (const key of ["a/b/c", "/a", "A.com/a", `${"a".repeat(254)}/a`, "a".repeat(64)]) {
    refused(
      backend,
      ["spec", "endpointSelector", "matchLabels", key],
      "v",
      "spec.endpointSelector.matchLabels: Keys are an optional DNS name of up to 253 characters and /, then up to 63 letters, digits, - _ .",
    );
  }
  refused(backend, ["spec", "endpointSelector", "matchLabels", `${"a.".repeat(126)}a/a`], "v");
});

test("XBackendTrafficPolicy: intervals have limits", () => {
  const policy = full("XBackendTrafficPolicy");
  const constraint = ["spec", "retryConstraint"];
  const at = "spec.retryConstraint";
  for (const interval of ["999ms", "0s", "1h1ms"]) {
    refused(
      policy,
      [...constraint, "budget", "interval"],
      interval,
      `${at}.budget.interval: An interval is from 1s to 1h long, not ${interval}`,
    );
  }
  for (const interval of ["0s", "61m"]) {
    refused(
      policy,
      [...constraint, "minRetryRate", "interval"],
      interval,
      `${at}.minRetryRate.interval: An interval is longer than 0s and at most 1h long, not ${interval}`,
    );
  }
  refused(policy, [...constraint, "minRetryRate", "interval"], "1ms");
  assert.deepEqual(check(edited(policy, constraint, {})).value.spec.retryConstraint, {
    budget: { percent: 20, interval: "10s" },
    minRetryRate: { count: 10, interval: "1s" },
  });
});

test("XTelemetryPolicy: details go with tracing that is enabled", () => {
  const policy = full("XTelemetryPolicy");
  refused(policy, ["spec", "tracing"], undefined, "spec.tracing: A telemetry policy needs tracing");
  const only = (field: string) =>
    `spec.tracing.${field}: "${field}" goes with mode Enabled and with no other`;
  const provider =
    "spec.tracing.provider: provider goes with mode Enabled, which needs it, and with no other";
  const details = ["samplingRate", "parentBasedSampling", "serviceName", "spanName", "attributes"];
  refused(policy, ["spec", "tracing", "mode"], "Disabled", provider, ...details.map(only));
  refused(policy, ["spec", "tracing", "mode"], undefined, provider, ...details.map(only));
  refused(policy, ["spec", "tracing"], {});
  refused(policy, ["spec", "tracing"], { mode: "Enabled" }, provider);
  refused(
    policy,
    ["spec", "tracing", "parentBasedSampling", "mode"],
    "Disabled",
    'spec.tracing.parentBasedSampling.samplingRate: "samplingRate" goes with mode Enabled and with no other',
  );
  refused(
    policy,
    ["spec", "tracing", "attributes", 0, "sourceType"],
    "Literal",
    'spec.tracing.attributes.0.headerName: "headerName" goes with sourceType Header, but sourceType is Literal',
    'spec.tracing.attributes.0.literalValue: sourceType Literal needs the field "literalValue"',
  );
});
