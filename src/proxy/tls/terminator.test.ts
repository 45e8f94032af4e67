import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { certificate, makeAuthority, makeLeaf } from "../../../test/blackbox/kit/certificates.ts";
import { change, type Edit } from "../../../test/blackbox/kit/program.ts";
import { secure, SecureListener } from "../../../test/blackbox/kit/secure-listener.ts";
import { Alert } from "./alert.ts";
import { SecureContexts } from "./secure-contexts.ts";
import { TlsTerminator } from "./terminator.ts";
import { Terminators } from "./terminators.ts";

const authority = makeAuthority();

/** A certificate for these names, under a key that says which it is. */
function named(key: string, ...names: readonly string[]) {
  return certificate(key, makeLeaf(authority, { names }));
}

const shown = {
  exact: named("exact", "a.example.com"),
  wild: named("wild", "*.example.com"),
  deep: named("deep", "x.y.example.com"),
  any: named("any", "any.example.org"),
};

/** Subject of the certificate that a client is shown, or undefined when the handshake fails. */
async function showsTo(listener: SecureListener, servername: string): Promise<string | undefined> {
  try {
    const socket = await listener.connect(authority.certificate, { servername, rejectUnauthorized: false });
    const name = String(socket.getPeerCertificate().subject.CN);
    socket.destroy();
    return name;
  } catch {
    return undefined;
  }
}

test("the most specific hostname has the handshake", async (t) => {
  const listener = await SecureListener.start(t, {
    certificates: Object.values(shown),
    listeners: [
      secure("a.example.com", { certificates: ["exact"] }),
      secure("*.example.com", { certificates: ["wild"] }),
      secure("*.y.example.com", { certificates: ["deep"] }),
    ],
  });
  for (const [servername, wanted] of [
    ["a.example.com", "a.example.com"],
    ["A.Example.COM", "a.example.com"],
    ["b.example.com", "*.example.com"],
    ["b.a.example.com", "*.example.com"],
    ["x.y.example.com", "x.y.example.com"],
    ["example.com", undefined],
    ["a.example.org", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(await showsTo(listener, servername), wanted, servername);
  }
  listener.edit({ listeners: [secure("", { certificates: ["any"] })] });
  assert.equal(await showsTo(listener, "a.example.org"), "any.example.org");
  assert.equal(await showsTo(listener, ""), "any.example.org");
  assert.equal(await showsTo(listener, "a.example.com"), "a.example.com");
});

test("of several certificates the one that fits the name best is shown, and the first when none does", async (t) => {
  const listener = await SecureListener.start(t, {
    certificates: Object.values(shown),
    listeners: [secure("", { certificates: ["any", "wild", "exact", "deep"] })],
  });
  for (const [servername, wanted] of [
    ["a.example.com", "a.example.com"],
    ["b.example.com", "*.example.com"],
    ["x.y.example.com", "x.y.example.com"],
    ["a.b.example.com", "any.example.org"],
    ["other.example.net", "any.example.org"],
    ["", "any.example.org"],
  ] as const) {
    assert.equal(await showsTo(listener, servername), wanted, servername);
  }
});

test("RSA and ECDSA side by side: the client is shown what it can verify", async (t) => {
  const names = ["a.example.com"];
  const listener = await SecureListener.start(t, {
    certificates: [
      certificate("rsa", makeLeaf(authority, { names, keyType: "rsa" })),
      certificate("ec", makeLeaf(authority, { names })),
      certificate("other", makeLeaf(authority, { names: ["b.example.com"], keyType: "rsa" })),
    ],
    listeners: [secure("", { certificates: ["other", "rsa", "ec"] })],
  });
  for (const [sigalgs, bits] of [
    ["rsa_pss_rsae_sha256:rsa_pkcs1_sha256", 2048],
    ["ecdsa_secp256r1_sha256", 256],
  ] as const) {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = await listener.connect(authority.certificate, {
        servername: "a.example.com",
        rejectUnauthorized: false,
        sigalgs,
        maxVersion,
      });
      const peer = socket.getPeerCertificate();
      assert.equal(peer.subject.CN, "a.example.com");
      assert.equal(peer.bits, bits, `${sigalgs} ${maxVersion}`);
      socket.destroy();
    }
  }
});

test("a certificate that does not fit the name is not shown because the client likes its key better", async (t) => {
  const listener = await SecureListener.start(t, {
    certificates: [
      certificate("rsa", makeLeaf(authority, { names: ["b.example.com"], keyType: "rsa" })),
      certificate("ec", makeLeaf(authority, { names: ["a.example.com"] })),
    ],
    listeners: [secure("", { certificates: ["rsa", "ec"] })],
  });
  const sigalgs = "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256";
  for (const servername of ["a.example.com", "b.example.com"]) {
    const socket = await listener.connect(authority.certificate, { servername, sigalgs });
    assert.equal(socket.getPeerCertificate().subject.CN, servername);
    socket.destroy();
  }
});

const pair = makeLeaf(authority, { names: ["a.example.com"] });
const tls = { certificates: ["c"] };

function contexts(edit: Edit, secret = randomBytes(32)): SecureContexts {
  const made = new SecureContexts(secret);
  made.apply(change(1, edit));
  return made;
}

test("one secure context for all listeners that show the same certificate and ask the same of clients", () => {
  const terminator = new TlsTerminator(
    contexts({ certificates: [certificate("c", pair), certificate("same", pair)] }),
  );
  const clients = { authorities: authority.certificate, optional: false };
  terminator.set(secure("a.example.com", tls));
  terminator.set(secure("b.example.com", { certificates: ["same"] }));
  terminator.set(secure("c.example.com", { certificates: ["c"], clients }));
  terminator.set(secure("d.example.com", { certificates: ["c"], clients: { ...clients, optional: true } }));
  const [a, b, c, d] = ["a", "b", "c", "d"].map((label) => {
    const terms = terminator.choose(`${label}.example.com`);
    assert.ok(typeof terms === "object");
    return terms.handshake;
  });
  assert.equal(a!.context, b!.context);
  assert.equal(new Set([a!.context, c!.context, d!.context]).size, 3);
  assert.deepEqual(
    [a, c, d].map((terms) => terms!.clientCertificate),
    ["unwanted", "required", "asked"],
  );
});

test("a context lives until its certificate is replaced", () => {
  const made = contexts({ certificates: [certificate("c", pair)] });
  const terminator = new TlsTerminator(made);
  terminator.set(secure("", tls));
  const context = (): unknown => {
    const terms = terminator.choose("");
    assert.ok(typeof terms === "object");
    return terms.handshake?.context;
  };
  const first = context();
  assert.equal(context(), first);
  made.apply(
    change(2, { certificates: [certificate("c", makeLeaf(authority, { names: ["a.example.com"] }))] }),
  );
  assert.notEqual(context(), first);
});

test("a certificate that is not there, or that OpenSSL refuses, fails the handshakes that need it and no others", (t) => {
  t.mock.method(process.stderr, "write", () => true);
  const other = makeLeaf(authority, { names: ["a.example.com"] });
  const terminator = new TlsTerminator(
    contexts({
      certificates: [
        certificate("c", pair),
        { key: "mismatch", chain: pair.certificate, privateKey: other.key },
        { key: "text", chain: "no certificate", privateKey: "no key" },
      ],
    }),
  );
  terminator.set(secure("a.example.com", tls));
  for (const key of ["missing", "mismatch", "text"])
    terminator.set(secure(`${key}.example.com`, { certificates: [key] }));
  terminator.set(secure("both.example.com", { certificates: ["missing", "c"] }));
  for (const key of ["missing", "mismatch", "text"]) {
    assert.equal(terminator.choose(`${key}.example.com`), Alert.internalError, key);
  }
  assert.ok(typeof terminator.choose("a.example.com") === "object");
  assert.ok(typeof terminator.choose("both.example.com") === "object");
});

test("listeners come, move and go", () => {
  const terminators = new Terminators(randomBytes(32));
  const at = (port: number, name: string) => terminators.at("127.0.0.1", port)?.choose(name);
  const placed = (hostname: string, port: number) => ({
    ...secure(hostname, tls, "one"),
    binds: [{ address: "127.0.0.1", port }],
  });
  terminators.apply(
    change(1, { certificates: [certificate("c", pair)], listeners: [placed("a.example.com", 1)] }),
  );
  assert.ok(typeof at(1, "a.example.com") === "object");
  terminators.apply(change(2, { listeners: [placed("b.example.com", 1)] }));
  assert.equal(at(1, "a.example.com"), Alert.unrecognizedName);
  assert.ok(typeof at(1, "b.example.com") === "object");
  terminators.apply(change(3, { listeners: [placed("b.example.com", 2)] }));
  assert.equal(terminators.at("127.0.0.1", 1), undefined);
  assert.ok(typeof at(2, "b.example.com") === "object");
  terminators.apply(change(4, { listeners: [{ ...placed("b.example.com", 2), protocol: "HTTP" }] }));
  assert.equal(terminators.at("127.0.0.1", 2), undefined);
  terminators.apply(change(5, { listeners: [placed("b.example.com", 2)] }));
  const both = { binds: [2, 3].map((port) => ({ address: "127.0.0.1", port })) };
  terminators.apply(change(6, { listeners: [{ ...placed("c.example.com", 2), ...both }] }));
  for (const port of [2, 3]) assert.ok(typeof at(port, "c.example.com") === "object", "on both of its ports");
  terminators.apply(change(7, { listeners: [placed("c.example.com", 3)] }));
  assert.equal(terminators.at("127.0.0.1", 2), undefined);
  assert.ok(typeof at(3, "c.example.com") === "object");
  terminators.apply(change(8, { removedListeners: ["one"] }));
  assert.equal(terminators.at("127.0.0.1", 3), undefined);
});

test("of two listeners with one hostname the first by key has the handshake, as it has the requests", () => {
  const terminator = new TlsTerminator(contexts({ certificates: [certificate("c", pair)] }));
  terminator.set(secure("a.example.com", { certificates: ["missing"] }, "b"));
  terminator.set(secure("a.example.com", tls, "a"));
  assert.ok(typeof terminator.choose("a.example.com") === "object");
  terminator.remove("a");
  assert.equal(terminator.choose("a.example.com"), Alert.internalError);
});
