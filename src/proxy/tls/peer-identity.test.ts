import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { makeAuthority, makeLeaf } from "../../../test/blackbox/kit/certificates.ts";
import type { BackendTls } from "../../program/program.ts";
import { isMeant } from "./peer-identity.ts";

const authority = makeAuthority();

function leaf(names: readonly string[], uris: readonly string[] = []): X509Certificate {
  return new X509Certificate(makeLeaf(authority, { names, uris }).certificate);
}

const host = (value: string) => ({ type: "Hostname", value }) as const;
const uri = (value: string) => ({ type: "URI", value }) as const;

const backend = leaf(["a.example.com", "*.wild.example.com"], ["spiffe://trust/ns/a/sa/b"]);

for (const [what, certificate, tls, wanted] of [
  ["its name", backend, { serverName: "a.example.com" }, true],
  ["its name in other letters", backend, { serverName: "A.example.COM" }, true],
  ["another name", backend, { serverName: "b.example.com" }, false],
  ["a name under its wildcard", backend, { serverName: "x.wild.example.com" }, true],
  ["a name two labels under its wildcard", backend, { serverName: "y.x.wild.example.com" }, false],
  ["the name that its wildcard is under", backend, { serverName: "wild.example.com" }, false],
  ["the common name of a certificate without names", leaf([]), { serverName: "leaf" }, false],
  ["the common name of one with a URI", leaf([], ["spiffe://x/y"]), { serverName: "leaf" }, false],
  ["part of a label by a wildcard", leaf(["a*.example.com"]), { serverName: "ab.example.com" }, false],
  [
    "names instead of the server name",
    backend,
    { serverName: "other", names: [host("a.example.com")] },
    true,
  ],
  [
    "the server name although names are asked for",
    backend,
    { serverName: "a.example.com", names: [host("b")] },
    false,
  ],
  [
    "one of several names",
    backend,
    { serverName: "x", names: [host("b"), uri("spiffe://trust/ns/a/sa/b")] },
    true,
  ],
  ["a URI", backend, { serverName: "x", names: [uri("spiffe://trust/ns/a/sa/b")] }, true],
  ["a URI in other letters", backend, { serverName: "x", names: [uri("spiffe://trust/ns/A/sa/b")] }, false],
  ["the beginning of a URI", backend, { serverName: "x", names: [uri("spiffe://trust/ns/a")] }, false],
  ["a hostname as a URI", backend, { serverName: "x", names: [uri("a.example.com")] }, false],
  ["a wildcard that is its own", backend, { serverName: "x", names: [host("*.wild.example.com")] }, true],
  ["a wildcard that its name is under", backend, { serverName: "x", names: [host("*.example.com")] }, true],
  [
    "a wildcard that its name is not under",
    backend,
    { serverName: "x", names: [host("*.example.org")] },
    false,
  ],
  [
    "a URI that hides another",
    leaf(["c.example.com"], ["x, URI:spiffe://trust/admin"]),
    { serverName: "x", names: [uri("spiffe://trust/admin")] },
    false,
  ],
  [
    "a name that hides another",
    leaf(['x", DNS:a.example.com, URI:"']),
    { serverName: "x", names: [uri("a.example.com"), host("*.example.com")] },
    false,
  ],
] as const satisfies readonly (readonly [string, X509Certificate, BackendTls, boolean])[]) {
  test(`${what} is ${wanted ? "" : "not "}what was meant`, () =>
    assert.equal(isMeant(certificate, tls), wanted));
}
