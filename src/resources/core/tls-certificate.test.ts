import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { test } from "node:test";
import type { Secret } from "./secret.ts";
import { readTLSCertificate, type TLSCertificate } from "./tls-certificate.ts";
import { elliptic, small } from "./tls-certificate.fixture.ts";

function secret(certificate: string, key: string, type = "kubernetes.io/tls"): Secret {
  const data = { "tls.crt": btoa(certificate), "tls.key": btoa(key) };
  const metadata = {
    namespace: "default",
    name: "x",
    creationTimestamp: "",
    generation: 1,
    labels: {},
    annotations: {},
  };
  return { apiVersion: "v1", kind: "Secret", metadata, type, data };
}

function read(certificate: string, key: string): TLSCertificate {
  const result = readTLSCertificate(secret(certificate, key));
  assert.ok("certificate" in result);
  return result.certificate;
}

test("certificate, key and DNS names are read; the names in lower case", () => {
  const { chain, privateKey, hostnames } = read(elliptic.certificate, elliptic.key);
  assert.equal(chain, elliptic.certificate);
  assert.ok(createPrivateKey(privateKey).equals(createPrivateKey(elliptic.key)));
  assert.deepEqual(hostnames, ["e.example.com"]);
});

test("the chain is the certificates in their order, and nothing else of what stands beside them", () => {
  const windows = elliptic.certificate.replaceAll("\n", "\r\n");
  const { chain } = read(`A comment\n${windows}${small.key}${elliptic.certificate}`, elliptic.key);
  assert.equal(chain.replaceAll("\r", ""), elliptic.certificate.repeat(2));
});

const damaged = elliptic.certificate.replace("MIIB", "AAAA");
const locked = createPrivateKey(elliptic.key).export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-128-cbc",
  passphrase: "x",
});

const faults: readonly (readonly [what: string, secret: Secret, fault: RegExp])[] = [
  ["another type", secret(elliptic.certificate, elliptic.key, "Opaque"), /its type is Opaque/],
  ["no certificate", secret("", elliptic.key), /tls\.crt holds no certificate in PEM/],
  ["no key", secret(elliptic.certificate, ""), /tls\.key holds no private key/],
  ["a key with a password", secret(elliptic.certificate, locked), /without a password/],
  ["a damaged certificate", secret(damaged, elliptic.key), /certificate 1 of tls\.crt is malformed/],
  ["a damaged chain", secret(elliptic.certificate + damaged, elliptic.key), /certificate 2 of tls\.crt/],
  ["the key of another certificate", secret(elliptic.certificate, small.key), /does not belong/],
  [
    "the certificate behind its chain",
    secret(small.certificate + elliptic.certificate, elliptic.key),
    /first/,
  ],
  [
    "a key that is too short to be used",
    secret(small.certificate, small.key),
    /cannot be used for TLS: ee key/,
  ],
];

for (const [what, given, fault] of faults) {
  test(`${what} is a fault`, () => {
    const result = readTLSCertificate(given);
    assert.ok("fault" in result);
    assert.match(result.fault, fault);
  });
}

test("no fault gives anything of the key away", () => {
  const key = elliptic.key.split("\n").find((line) => line.startsWith("MH"))!;
  for (const [, given] of faults) {
    const result = readTLSCertificate(given);
    assert.ok("fault" in result && !result.fault.includes(key.slice(0, 8)));
  }
});

test("a Secret without data is a fault", () => {
  const { data: _, ...empty } = secret("", "");
  assert.ok("fault" in readTLSCertificate(empty));
});
