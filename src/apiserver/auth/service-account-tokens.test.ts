import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ApiError } from "../error.ts";
import { ServiceAccountTokens, type TokenOptions, type TokenOrder } from "./service-account-tokens.ts";

const issuer = "https://kubernetes.default.svc.cluster.local";
const uids: Record<string, string> = {
  "ServiceAccount a/web": "1",
  "Pod a/web-0": "2",
  "Secret a/web-token": "3",
  "Node /n1": "4",
};
let clock = Date.parse("2026-03-01T12:00:00Z");

function open(options: Partial<TokenOptions> = {}): ServiceAccountTokens {
  return new ServiceAccountTokens({
    issuer,
    find: (kind, namespace, name) => uids[`${kind} ${namespace}/${name}`],
    now: () => clock,
    ...options,
  });
}

const order: TokenOrder = {
  namespace: "a",
  serviceAccount: { name: "web", uid: "1" },
  expirationSeconds: 3600,
};

function newPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-tokens-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "service-account.key");
}

function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ type: "spki", format: "pem" });
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
}

function forge(header: unknown, claims: unknown, signature: (signed: string) => string): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${signature(signed)}`;
}

function signedBy(key: KeyObject): (signed: string) => string {
  return (signed) =>
    sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

test("a token says which service account it is", () => {
  const tokens = open();
  const { token, expirationTimestamp } = tokens.issue(order);
  assert.equal(expirationTimestamp, "2026-03-01T13:00:00Z");
  const jti = String(claimsOf(token)["jti"]);
  assert.deepEqual(tokens.verify(token), {
    audiences: [issuer],
    user: {
      name: "system:serviceaccount:a:web",
      uid: "1",
      groups: ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"],
      extra: { "authentication.kubernetes.io/credential-id": [`JTI=${jti}`] },
    },
  });
});

test("a token is worth nothing once what it is for is gone", (t) => {
  const tokens = open();
  const cases: [string, TokenOrder][] = [
    ["ServiceAccount a/web", order],
    [
      "Pod a/web-0",
      { ...order, boundObject: { kind: "Pod", name: "web-0", uid: "2" }, node: { name: "n1", uid: "4" } },
    ],
    ["Secret a/web-token", { ...order, boundObject: { kind: "Secret", name: "web-token", uid: "3" } }],
    ["Node /n1", { ...order, boundObject: { kind: "Node", name: "n1", uid: "4" } }],
  ];
  for (const [object, wanted] of cases) {
    const { token } = tokens.issue(wanted);
    const uid = uids[object]!;
    t.after(() => (uids[object] = uid));
    assert.notEqual(tokens.verify(token), undefined, object);
    uids[object] = "other";
    assert.equal(tokens.verify(token), undefined, `${object} made anew`);
    delete uids[object];
    assert.equal(tokens.verify(token), undefined, `${object} gone`);
    uids[object] = uid;
  }
  const pod = tokens.issue(cases[1]![1]);
  delete uids["Node /n1"];
  const extra = tokens.verify(pod.token)?.user.extra ?? {};
  assert.deepEqual(
    ["pod-name", "pod-uid", "node-name", "node-uid"].map(
      (key) => extra[`authentication.kubernetes.io/${key}`],
    ),
    [["web-0"], ["2"], ["n1"], ["4"]],
  );
});

test("it has its time: from now, with a minute for clocks, to its expiration", (t) => {
  const tokens = open();
  const { token } = tokens.issue(order);
  const start = clock;
  t.after(() => (clock = start));
  for (const [seconds, good] of [
    [-61, false],
    [-60, true],
    [3660, true],
    [3661, false],
  ] as const) {
    clock = start + seconds * 1000;
    assert.equal(tokens.verify(token) !== undefined, good, `${seconds} s`);
  }
});

test("an order for too short or too long a time", () => {
  for (const expirationSeconds of [0, -1, 599, 2 ** 32 + 1, 1000.5, NaN])
    assert.throws(
      () => open().issue({ ...order, expirationSeconds }),
      (error) =>
        error instanceof ApiError && error.code === 422 && error.message.includes("from 600 (10 minutes)"),
    );
  open().issue({ ...order, expirationSeconds: 600 });
});

test("audiences: those of both sides", () => {
  const tokens = open({ audiences: ["api", "kubernetes"] });
  const { token } = tokens.issue({ ...order, audiences: ["vault", "kubernetes"] });
  assert.deepEqual(tokens.verify(token)?.audiences, ["kubernetes"]);
  assert.deepEqual(tokens.verify(token, ["other", "vault"])?.audiences, ["vault"]);
  assert.equal(tokens.verify(token, ["api"]), undefined);
  const abroad = tokens.issue({ ...order, audiences: ["vault"] });
  assert.equal(tokens.verify(abroad.token), undefined, "not for this server");
  assert.deepEqual(tokens.verify(tokens.issue(order).token)?.audiences, ["api", "kubernetes"]);
  assert.deepEqual(tokens.verify(tokens.issue({ ...order, audiences: [] }).token)?.audiences, [
    "api",
    "kubernetes",
  ]);
});

test("forged tokens", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const mine = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const tokens = open({ otherKeys: [pemOf(mine.publicKey)] });
  const { token } = tokens.issue(order);
  const claims = claimsOf(token);
  const [head = "", body = "", tail = ""] = token.split(".");
  const kid = (JSON.parse(Buffer.from(head, "base64url").toString()) as { kid: string }).kid;
  const hmac = (signed: string) =>
    createHmac("sha256", pemOf(mine.publicKey)).update(signed).digest("base64url");
  const good = signedBy(mine.privateKey);
  assert.notEqual(tokens.verify(forge({ alg: "ES256" }, claims, good)), undefined, "this is how it is done");
  const es = { alg: "ES256" };
  const bound = claims["kubernetes.io"] as object;
  const cases: [string, string][] = [
    ["alg none", forge({ alg: "none" }, claims, () => "")],
    ["alg none with a signature", forge({ alg: "none" }, claims, good)],
    ["alg HS256 with the public key", forge({ alg: "HS256" }, claims, hmac)],
    ["alg of another kind of key", forge({ alg: "RS256" }, claims, good)],
    ["no alg", forge({}, claims, good)],
    ["another key", forge(es, claims, signedBy(other.privateKey))],
    ["another key that calls itself ours", forge({ ...es, kid }, claims, signedBy(other.privateKey))],
    ["extensions that must be understood", forge({ ...es, crit: ["b64"] }, claims, good)],
    ["header is no object", forge("ES256", claims, good)],
    ["claims are no object", forge(es, [claims], good)],
    ["claims are null", forge(es, null, good)],
    [
      "other claims under a signature",
      `${head}.${part({ ...claims, sub: "system:serviceaccount:a:admin" })}.${tail}`,
    ],
    ["another issuer", forge(es, { ...claims, iss: `${issuer}/` }, good)],
    ["no issuer", forge(es, { ...claims, iss: undefined }, good)],
    ["never expires", forge(es, { ...claims, exp: undefined }, good)],
    ["expires as text", forge(es, { ...claims, exp: "9999999999" }, good)],
    ["no audience", forge(es, { ...claims, aud: undefined }, good)],
    ["audience is an object", forge(es, { ...claims, aud: { [issuer]: true } }, good)],
    ["subject is another", forge(es, { ...claims, sub: "system:serviceaccount:a:admin" }, good)],
    ["no binding", forge(es, { ...claims, "kubernetes.io": undefined }, good)],
    ["pod is no object", forge(es, { ...claims, "kubernetes.io": { ...bound, pod: "web-0" } }, good)],
    [
      "account without uid",
      forge(es, { ...claims, "kubernetes.io": { ...bound, serviceaccount: { name: "web" } } }, good),
    ],
    ["signature cut", token.slice(0, -2)],
    ["signature left out", `${head}.${body}.`],
    ["two parts", `${head}.${body}`],
    ["four parts", `${token}.x`],
    ["white space", `${token}\n`],
    ["empty", ""],
    ["dots", ".."],
    ["huge", `${head}.${"A".repeat(1 << 20)}.${tail}`],
    ["deep", `${head}.${Buffer.from("[".repeat(10_000)).toString("base64url")}.${tail}`],
  ];
  for (const [name, forged] of cases) assert.equal(tokens.verify(forged), undefined, name);
  assert.notEqual(tokens.verify(token), undefined);
});

test("the key is kept for its owner only, and with it tokens stay good", (t) => {
  const keyPath = newPath(t);
  const { token } = open({ keyPath }).issue(order);
  if (process.platform !== "win32") assert.equal(statSync(keyPath).mode & 0o777, 0o600);
  assert.notEqual(open({ keyPath }).verify(token), undefined);
  assert.equal(open().verify(token), undefined, "a key of its own each time");
  writeFileSync(keyPath, "garbage");
  assert.throws(
    () => open({ keyPath }),
    /service-account\.key holds no private key; restore it, or delete it/,
  );
});

test("tokens that kube-controller-manager puts into Secrets are good while the Secret is there", (t) => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  const prefix = "kubernetes.io/serviceaccount";
  const claims = {
    iss: prefix.replace(".io", ""),
    sub: "system:serviceaccount:a:web",
    [`${prefix}/namespace`]: "a",
    [`${prefix}/service-account.name`]: "web",
    [`${prefix}/service-account.uid`]: "1",
    [`${prefix}/secret.name`]: "web-token",
  };
  const rsa = (signed: string) => sign("sha256", Buffer.from(signed), privateKey).toString("base64url");
  const token = forge({ alg: "RS256", kid: "unknown" }, claims, rsa);
  const tokens = open({ otherKeys: [pem] });
  assert.equal(tokens.verify(token)?.user.name, "system:serviceaccount:a:web");
  assert.equal(open().verify(token), undefined, "whose key we were not told");
  assert.equal(tokens.verify(forge({ alg: "RS256" }, { ...claims, sub: "x" }, rsa)), undefined);
  assert.equal(tokens.verify(forge({ alg: "RS256" }, { ...claims, aud: ["x"] }, rsa)), undefined);
  const keys = tokens.keySet["keys"] as readonly Record<string, string>[];
  assert.deepEqual(
    keys.map(({ alg, kty, use }) => [alg, kty, use]),
    [
      ["ES256", "EC", "sig"],
      ["RS256", "RSA", "sig"],
    ],
  );
  assert.ok(
    keys.every((key) => !("d" in key) && key["kid"] !== undefined),
    "nothing private",
  );
  assert.ok(createPublicKey({ key: keys[1]!, format: "jwk" }).equals(publicKey));
  assert.deepEqual(tokens.openidConfiguration("https://localhost/openid/v1/jwks"), {
    issuer,
    jwks_uri: "https://localhost/openid/v1/jwks",
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256", "RS256"],
  });
  t.after(() => (uids["Secret a/web-token"] = "3"));
  delete uids["Secret a/web-token"];
  assert.equal(tokens.verify(token), undefined);
});

test("keys that are too weak, or no keys for signatures", () => {
  for (const { publicKey } of [
    generateKeyPairSync("rsa", { modulusLength: 1024 }),
    generateKeyPairSync("ed25519"),
    generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  ])
    assert.throws(
      () => open({ otherKeys: [pemOf(publicKey)] }),
      /must be RSA with at least 2048 bits, or EC/,
    );
  for (const namedCurve of ["P-384", "P-521"])
    open({ otherKeys: [pemOf(generateKeyPairSync("ec", { namedCurve }).publicKey)] });
});
