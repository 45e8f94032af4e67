import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { AdminToken } from "./admin-token.ts";
import { authenticate, type ClientCertificate, clientCertificateOf } from "./authenticate.ts";
import type { KeyPair } from "./certificate.ts";
import { Certificates } from "./certificates.ts";
import { ServiceAccountTokens } from "./service-account-tokens.ts";

const admin = new AdminToken();
const serviceAccounts = new ServiceAccountTokens({ issuer: "https://localhost", find: () => "1" });
const authenticators = { admin, serviceAccounts };

function nameOf(authorization: string | undefined, certificate?: ClientCertificate): string | undefined {
  return authenticate({ authorization, certificate }, authenticators)?.name;
}

test("a bearer token, however its scheme is written", () => {
  const { text } = admin;
  for (const value of [`Bearer ${text}`, `bearer ${text}`, `BEARER  ${text}`, ` Bearer ${text} `])
    assert.equal(nameOf(value), "gatewright-admin", value);
  const { token } = serviceAccounts.issue({
    namespace: "a",
    serviceAccount: { name: "web", uid: "1" },
    expirationSeconds: 600,
  });
  assert.equal(nameOf(`Bearer ${token}`), "system:serviceaccount:a:web");
  assert.deepEqual(
    authenticate({ authorization: `Bearer ${text}`, certificate: undefined }, authenticators)?.groups,
    ["system:masters", "system:authenticated"],
  );
});

test("what is no token of ours is nobody", () => {
  const { text } = admin;
  const values = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer  ",
    "Bearer null",
    "Bearer undefined",
    text,
    `Basic ${text}`,
    `Basic ${Buffer.from(`admin:${text}`).toString("base64")}`,
    `Bearer${text}`,
    `Bearer\t${text}`,
    `Bearer ${text}, Bearer ${text}`,
    `Bearer x ${text}`,
    `Bearer ${text} x`,
    `Bearer ${text.slice(1)}`,
    `Bearer ${text}=`,
    `Bearer ${text.toUpperCase()}`,
    `Bearer ${"a".repeat(1 << 20)}`,
    `Bearer ${"a ".repeat(1 << 16)}`,
  ];
  for (const value of values) assert.equal(nameOf(value), undefined, String(value).slice(0, 60));
  const array = [`Bearer ${text}`] as unknown as string;
  assert.equal(nameOf(array), undefined);
});

test("a certificate counts before a token; nobody is authenticated and unauthenticated", () => {
  const certificate = { commonName: "jane", organizations: ["ops", "system:unauthenticated"] };
  assert.deepEqual(authenticate({ authorization: `Bearer ${admin.text}`, certificate }, authenticators), {
    name: "jane",
    groups: ["ops", "system:authenticated"],
  });
});

test("the admin token is kept for its owner only", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-token-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "admin-token");
  const { text } = new AdminToken(path);
  assert.equal(new AdminToken(path).text, text);
  assert.match(readFileSync(path, "utf8"), /^[\w-]{43}\n$/);
  assert.notEqual(new AdminToken().text, new AdminToken().text);
  if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
  for (const bad of ["", "short", `${text} ${text}`]) {
    writeFileSync(path, bad);
    assert.throws(() => new AdminToken(path), /admin-token holds no token/);
  }
});

/** What a server of `ours` makes of a client that shows `pair`. */
async function shown(
  t: TestContext,
  ours: Certificates,
  pair?: KeyPair,
): Promise<ClientCertificate | undefined> {
  const { certificate: cert, key } = ours.server;
  const server = createServer({ cert, key, ca: ours.ca, requestCert: true, rejectUnauthorized: false });
  server.listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect({
    port,
    host: "127.0.0.1",
    ca: ours.ca,
    ...(pair !== undefined && { cert: pair.certificate, key: pair.key }),
  });
  t.after(() => client.destroy());
  const [socket] = (await once(server, "secureConnection")) as [TLSSocket];
  t.after(() => socket.destroy());
  return clientCertificateOf(socket);
}

test("a certificate says who somebody is when our authority signed it for clients, and else nothing", async (t) => {
  const ours = new Certificates({});
  const theirs = new Certificates({});
  const group = "system:masters";
  assert.deepEqual(await shown(t, ours, ours.client("system:kube-scheduler", [])), {
    commonName: "system:kube-scheduler",
    organizations: [],
  });
  assert.deepEqual(await shown(t, ours, ours.client("jane", ["a", group])), {
    commonName: "jane",
    organizations: ["a", group],
  });
  assert.deepEqual(await shown(t, ours, ours.client("jane", [group])), {
    commonName: "jane",
    organizations: [group],
  });
  assert.equal(await shown(t, ours), undefined, "none");
  assert.equal(
    await shown(t, ours, theirs.client("system:kube-scheduler", [group])),
    undefined,
    "of another",
  );
  const server = new X509Certificate(ours.server.certificate);
  assert.equal(server.toLegacyObject().subject.CN, "gatewright");
  assert.equal(await shown(t, ours, ours.server), undefined, "not for clients");
  const folder = mkdtempSync(join(tmpdir(), "gatewright-old-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const twoYearsAgo = new Date(Date.now() - 2 * 365 * 24 * 60 * 60 * 1000);
  const pair = new Certificates({ folder, now: twoYearsAgo }).client("jane", [group]);
  const expired = await shown(t, new Certificates({ folder }), pair);
  assert.equal(expired, undefined, "expired");
});
