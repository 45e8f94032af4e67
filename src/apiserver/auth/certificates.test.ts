import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Certificates } from "./certificates.ts";

const day = 24 * 60 * 60 * 1000;
const now = new Date("2026-03-01T00:00:00Z");

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-certificates-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "inner", "tls");
}

function later(days: number): Date {
  return new Date(now.getTime() + days * day);
}

test("the server's certificate has all names, of every form, and is the authority's", () => {
  const names = ["gateway.example.com", "*.wild.example.com", "192.0.2.7", "2001:DB8::1", "::ffff:192.0.2.9"];
  const { ca, server } = new Certificates({ names, now });
  const certificate = new X509Certificate(server.certificate);
  for (const host of ["localhost", "kubernetes.default.svc", "gateway.example.com", "a.wild.example.com"])
    assert.notEqual(certificate.checkHost(host), undefined, host);
  for (const address of [
    "127.0.0.1",
    "::1",
    "192.0.2.7",
    "2001:db8::1",
    "2001:db8:0:0::1",
    "::ffff:192.0.2.9",
  ])
    assert.notEqual(certificate.checkIP(address), undefined, address);
  assert.equal(certificate.checkHost("example.com"), undefined);
  assert.equal(certificate.checkIP("127.0.0.2"), undefined);
  const authority = new X509Certificate(ca);
  assert.deepEqual([authority.ca, certificate.ca], [true, false]);
  assert.ok(certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"], "for servers only");
  assert.equal(certificate.validToDate.getTime(), later(365).getTime());
  assert.equal(authority.validToDate.getTime(), later(3650).getTime());
  assert.ok(certificate.validFromDate < now);
});

test("a client's certificate says who it is in which groups, also beyond ASCII and in long names", () => {
  const certificates = new Certificates({ now });
  for (const [user, groups] of [
    ["system:kube-scheduler", []],
    ["admin", ["system:masters", "ops"]],
    ["Jörg, O=system:masters", ["a/b+c", "日本"]],
    ["x".repeat(300), ["y".repeat(70_000)]],
  ] as const) {
    const certificate = new X509Certificate(certificates.client(user, groups).certificate);
    const { subject } = certificate.toLegacyObject();
    assert.equal(subject.CN, user);
    assert.deepEqual([(subject as unknown as { O?: string | string[] }).O ?? []].flat(), groups);
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.2"], "for clients only");
    assert.ok(certificate.verify(new X509Certificate(certificates.ca).publicKey));
  }
  assert.throws(() => certificates.client("", ["system:masters"]), /needs a user name/);
});

test("what is kept is used again while it is good, and only its owner reads it", (t) => {
  const folder = newFolder(t);
  const options = { folder, names: ["*.example.com", "10.0.0.1"] };
  const first = new Certificates({ ...options, now });
  const client = first.client("admin", ["system:masters"]);
  const second = new Certificates({ ...options, now: later(1) });
  assert.deepEqual([second.ca, second.server], [first.ca, first.server]);
  assert.deepEqual(second.client("admin", ["system:masters"]), client);
  assert.notDeepEqual(second.client("admin", ["others"]), client);
  if (process.platform !== "win32") {
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const file of readdirSync(folder))
      assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  }

  const renamed = new Certificates({ folder, names: ["new.example.org"], now });
  assert.equal(renamed.ca, first.ca);
  assert.notDeepEqual(renamed.server, first.server, "a name that it lacks");

  const old = new Certificates({ ...options, now: later(340) });
  assert.equal(old.ca, first.ca);
  assert.notDeepEqual(old.server, renamed.server, "little time left");
  assert.notDeepEqual(old.client("admin", ["system:masters"]), client);

  const older = new Certificates({ ...options, now: later(3630) });
  assert.notEqual(older.ca, first.ca);
  const leaf = new X509Certificate(older.server.certificate);
  assert.ok(leaf.verify(new X509Certificate(older.ca).publicKey));
});

test("damaged files: leaves are made anew, for the authority somebody must decide", (t) => {
  const folder = newFolder(t);
  const first = new Certificates({ folder, now });
  const server = join(folder, "server.pem");
  for (const text of ["", "garbage", first.server.certificate, first.ca + first.server.key]) {
    writeFileSync(server, text);
    assert.notDeepEqual(new Certificates({ folder, now }).server, first.server);
  }
  assert.match(readFileSync(server, "utf8"), /BEGIN CERTIFICATE/);
  const authority = join(folder, "ca.pem");
  for (const text of ["", first.ca, first.ca + first.server.key]) {
    writeFileSync(authority, text);
    assert.throws(
      () => new Certificates({ folder, now }),
      /ca\.pem holds no certificate with its key; restore it/,
    );
  }
});

test("a certificate that another authority left there is not used", (t) => {
  const folder = newFolder(t);
  const other = new Certificates({ now });
  const first = new Certificates({ folder, now });
  writeFileSync(join(folder, "server.pem"), other.server.certificate + other.server.key);
  const again = new Certificates({ folder, now });
  assert.equal(again.ca, first.ca);
  assert.notDeepEqual(again.server, other.server);
});

test("names that no certificate can have", (t) => {
  for (const name of [
    "",
    "a b",
    "a,DNS:b",
    "-a",
    "a..b",
    "*",
    "a.*.b",
    "fe80::1%eth0",
    "ä.example.com",
    "a\0b",
  ])
    assert.throws(
      () => new Certificates({ names: [name], now }),
      /is neither a DNS name nor an IP address/,
      name,
    );
  const folder = newFolder(t);
  new Certificates({ folder, now }).client("../../escape", ["/etc"]);
  assert.ok(!existsSync(join(folder, "..", "..", "escape.pem")));
  assert.equal(readdirSync(folder).length, 3);
});
