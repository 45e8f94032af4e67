import assert from "node:assert/strict";
import { test } from "node:test";
import { authority, full } from "./gateway.fixture.ts";
import { check, edited, shown } from "../testing.ts";

function refused(path: (string | number)[], value: unknown, ...expected: string[]): void {
  assert.deepEqual(shown(check(edited(full, path, value)).errors), expected);
}

test("A Gateway with every field is accepted, in both versions", () => {
  assert.deepEqual(check(full).errors, []);
  assert.deepEqual(check({ ...full, apiVersion: "gateway.networking.k8s.io/v1beta1" }).errors, []);
});

test("Defaults of a Gateway are the API's", () => {
  const { value, errors } = check({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "gw" },
    spec: {
      gatewayClassName: "class",
      addresses: [{}],
      allowedListeners: {},
      tls: { frontend: { default: { validation: { caCertificateRefs: [authority] } } } },
      listeners: [
        { name: "a", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "c" }] } },
        { name: "b", port: 80, protocol: "HTTP", allowedRoutes: { kinds: [{ kind: "HTTPRoute" }] } },
      ],
    },
  });
  assert.deepEqual(errors, []);
  assert.deepEqual(value.metadata, { name: "gw" });
  assert.deepEqual(value.spec, {
    gatewayClassName: "class",
    addresses: [{ type: "IPAddress" }],
    allowedListeners: { namespaces: { from: "None" } },
    tls: {
      frontend: { default: { validation: { caCertificateRefs: [authority], mode: "AllowValidOnly" } } },
    },
    listeners: [
      {
        name: "a",
        port: 443,
        protocol: "HTTPS",
        tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "c" }] },
        allowedRoutes: { namespaces: { from: "Same" } },
      },
      {
        name: "b",
        port: 80,
        protocol: "HTTP",
        allowedRoutes: {
          namespaces: { from: "Same" },
          kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
        },
      },
    ],
  });
});

const ofListener = (index: number, field: string) => ["spec", "listeners", index, field];

test("A listener has only what its protocol can use", () => {
  refused(
    ofListener(0, "tls"),
    { certificateRefs: [{ name: "c" }] },
    "spec.listeners.0.tls: A listener of protocol HTTP must not have tls",
  );
  refused(
    ofListener(4, "tls"),
    { mode: "Passthrough" },
    "spec.listeners.4.tls: A listener of protocol TCP must not have tls",
  );
  refused(
    ofListener(1, "tls"),
    { mode: "Passthrough" },
    "spec.listeners.1.tls.mode: A listener of protocol HTTPS must have TLS mode Terminate",
  );
  refused(ofListener(3, "tls"), undefined, "spec.listeners.3.tls: A listener of protocol TLS needs tls");
  refused(
    ofListener(4, "hostname"),
    "a.example.com",
    "spec.listeners.4.hostname: A listener of protocol TCP must not have a hostname",
  );
  refused(
    ofListener(3, "filters"),
    {},
    "spec.listeners.3.filters: A listener of protocol TLS must not have filters",
  );
  refused(
    ofListener(1, "tls"),
    {},
    "spec.listeners.1.tls.certificateRefs: TLS mode Terminate needs certificateRefs (or options)",
  );
  refused(ofListener(1, "port"), 65536, "spec.listeners.1.port: 65536 is too large: at most 65535");
});

test("Listeners are told apart by name, and by port, protocol and hostname", () => {
  refused(
    ["spec", "listeners", 1, "name"],
    "http",
    'spec.listeners.1.name: Duplicate: name "http" is in entry 0 of the list too',
  );
  const twin = { name: "twin", port: 80, protocol: "HTTP", hostname: "*.example.com" };
  refused(
    ["spec", "listeners", 1],
    twin,
    "spec.listeners: Listeners http, twin are not distinct: each needs a port, protocol and hostname that no other one has",
  );
  refused(["spec", "listeners", 1], { ...twin, hostname: "b.example.com" });
  const bare = { name: "bare", port: 5432, protocol: "TCP" };
  refused(
    ["spec", "listeners", 1],
    bare,
    "spec.listeners: Listeners bare, tcp are not distinct: each needs a port, protocol and hostname that no other one has",
  );
});

test("Listener filters carry what their type names", () => {
  const path = ["spec", "listeners", 0, "filters", "requests", 1];
  const at = "spec.listeners.0.filters.requests.1";
  const extensionRef = { group: "", kind: "A", name: "a" };
  refused(
    path,
    { type: "ExtensionRef" },
    `${at}.extensionRef: type ExtensionRef needs the field "extensionRef"`,
  );
  refused(
    path,
    { type: "ExternalAuth", extensionRef },
    `${at}.externalAuth: type ExternalAuth needs the field "externalAuth"`,
    `${at}.extensionRef: "extensionRef" goes with type ExtensionRef, but type is ExternalAuth`,
  );
  const auth = { protocol: "HTTP", backendRef: { name: "auth" }, grpc: {} };
  refused(
    path,
    { type: "ExternalAuth", externalAuth: auth },
    `${at}.externalAuth.backendRef.port: A reference to a Service needs a port`,
    `${at}.externalAuth.grpc: "grpc" goes with protocol GRPC, but protocol is HTTP`,
    `${at}.externalAuth.http: protocol HTTP needs the field "http"`,
  );
});

test("Addresses are of their type, once each", () => {
  const path = ["spec", "addresses", 1];
  const at = "spec.addresses.1";
  refused(path, { value: "10.0.0.1" }, "spec.addresses: IPAddress 10.0.0.1 is in the list more than once");
  refused(
    path,
    { type: "Hostname", value: "*.lb.example.com" },
    "spec.addresses: Hostname *.lb.example.com is in the list more than once",
  );
  for (const value of ["", "10.0.0.256", "10.0.0", "2001:db8:::1", "a.example.com", "::1]/", "1.2.3.4:80"]) {
    const [error = "", ...more] = shown(check(edited(full, path, { value })).errors);
    assert.ok(error.startsWith(at) && error.includes(`"${value}" is not an IPv4 address`), error);
    assert.deepEqual(more, []);
  }
  for (const value of ["::", "::ffff:1.2.3.4", "fe80::1", "0.0.0.0"]) refused(path, { value });
  assert.equal(check(edited(full, path, { type: "Hostname", value: "A_B" })).errors.length, 1);
  assert.equal(check(edited(full, path, { type: "other", value: "a" })).errors.length, 1);
  for (const routability of ["", "Cluster", "example.com/a/b"]) {
    refused([...path, "routability"], routability);
  }
  for (const routability of ["cluster", "Private", "/a", "example.com/", "Ex.com/a"]) {
    refused(
      [...path, "routability"],
      routability,
      `${at}.routability: Routability must be empty, "Cluster", or a domain and a path such as example.com/private`,
    );
  }
  for (const domain of ["k8s.io", "a.k8s.io"]) {
    refused(
      [...path, "routability"],
      `${domain}/a`,
      `${at}.routability: The domain ${domain} is reserved: use one of your own`,
    );
  }
});

test("Keys of infrastructure labels and annotations are qualified names", () => {
  const path = ["spec", "infrastructure", "annotations"];
  for (const key of ["", "/a", "A.com/a", "a/b/c", "-a", "a".repeat(64)]) {
    refused(
      path,
      { [key]: "v" },
      `spec.infrastructure.annotations: ${key}: keys are an optional DNS name and /, then up to 63 letters, digits, - _ .`,
    );
  }
  const long = `${"a.".repeat(126)}a/b`;
  refused(
    path,
    { [long]: "v" },
    `spec.infrastructure.annotations: ${long}: the part of a key before "/" must have less than 253 characters`,
  );
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`a${index}`, ""]));
  refused(
    ["spec", "infrastructure", "labels"],
    many,
    "spec.infrastructure.labels: Too many entries: 9, at most 8",
  );
});

test("Client certificates: one setting for a port, bundles without a namespace", () => {
  const path = ["spec", "tls", "frontend", "perPort"];
  const entry = full.spec.tls.frontend.perPort[0];
  refused(
    path,
    [entry, entry],
    "spec.tls.frontend.perPort.1.port: Duplicate: port 8443 is in entry 0 of the list too",
  );
  refused(
    ["spec", "tls", "frontend", "default", "validation", "caCertificateRefs"],
    [{ group: "certificates.k8s.io", kind: "ClusterTrustBundle", name: "b", namespace: "a" }],
    "spec.tls.frontend.default.validation.caCertificateRefs.0.namespace: A ClusterTrustBundle lives outside namespaces",
  );
});

test("Names are those of the API", () => {
  refused(["metadata", "name"], undefined, 'metadata.name: Missing field "name"');
  for (const name of ["", "A", "a_b", "-a", "a..b", "a".repeat(254)]) {
    assert.equal(check(edited(full, ["metadata", "name"], name)).errors.length, 1, name);
  }
  refused(["metadata", "name"], "a.b-c.d");
  assert.equal(check(edited(full, ["metadata", "namespace"], "a.b")).errors.length, 1);
  assert.equal(check(edited(full, ["metadata", "labels"], { a: 1 })).errors.length, 1);
  assert.equal(check(edited(full, ["metadata", "creationTimestamp"], "yesterday")).errors.length, 1);
  refused(["metadata", "creationTimestamp"], null);
});
