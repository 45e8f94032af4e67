import assert from "node:assert/strict";
import { test } from "node:test";
import { readAuthorities } from "./authorities.ts";
import type { ClusterTrustBundle } from "./cluster-trust-bundle.ts";
import type { ConfigMap } from "./config-map.ts";
import { elliptic, small } from "./tls-certificate.fixture.ts";

const metadata = {
  namespace: "",
  name: "x",
  creationTimestamp: "",
  generation: 1,
  labels: {},
  annotations: {},
};

function config(parts: Pick<ConfigMap, "data" | "binaryData">): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata, ...parts };
}

function bundle(trustBundle: string): ClusterTrustBundle {
  const spec = { trustBundle };
  return { apiVersion: "certificates.k8s.io/v1", kind: "ClusterTrustBundle", metadata, spec };
}

const good = elliptic.certificate;
const broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";

const cases = [
  { name: "ca.crt", given: config({ data: { "ca.crt": good } }), expected: { authorities: good } },
  {
    name: "several certificates, and words between them, which go",
    given: config({ data: { "ca.crt": `# first\n${good}\n# second\n${small.certificate}` } }),
    expected: { authorities: `${good.trimEnd()}\n${small.certificate.trimEnd()}\n` },
  },
  {
    name: "bytes in base64",
    given: config({ binaryData: { "ca.crt": btoa(good) } }),
    expected: { authorities: good },
  },
  { name: "a ClusterTrustBundle", given: bundle(good), expected: { authorities: good } },
  { name: "another key", given: config({ data: { ca: good } }), expected: { fault: "it has no ca.crt" } },
  { name: "nothing", given: config({}), expected: { fault: "it has no ca.crt" } },
  {
    name: "no PEM",
    given: config({ data: { "ca.crt": "hello" } }),
    expected: { fault: "ca.crt holds no certificate in PEM" },
  },
  {
    name: "one of two is broken",
    given: bundle(good + broken),
    expected: { fault: "certificate 2 of spec.trustBundle is malformed" },
  },
  {
    name: "a private key does not count",
    given: config({ data: { "ca.crt": elliptic.key } }),
    expected: { fault: "ca.crt holds no certificate in PEM" },
  },
] as const;

for (const { name, given, expected } of cases) {
  test(`authorities: ${name}`, () => assert.deepEqual(readAuthorities(given), expected));
}
