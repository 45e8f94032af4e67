import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import type { TLSSocket, TlsOptions } from "node:tls";
import { certificate, makeAuthority, makeLeaf } from "../../../test/blackbox/kit/certificates.ts";
import { SecureBackend } from "../../../test/blackbox/kit/secure-backend.ts";
import type { BackendTls } from "../../program/program.ts";
import { Transport } from "../transport/transport.ts";
import { type ApplicationProtocol, compileBackendTls, type UpstreamTls } from "./upstream-tls.ts";

const authority = makeAuthority();
const name = "a.example.com";
const names = [name];
const authorities = authority.certificate;
const none = () => undefined;

/** Connects, sends a text, and resolves to what comes back, or to why there is no connection. */
function ask(
  t: TestContext,
  port: number,
  tls: UpstreamTls,
  protocol: ApplicationProtocol = "http/1.1",
): Promise<{ readonly text?: string; readonly error?: string; readonly transport: Transport }> {
  return new Promise((resolve) => {
    let came = "";
    const transport: Transport = Transport.connectTls(
      { host: "127.0.0.1", port },
      tls,
      protocol,
      {
        onBytes: (buffer, length) => {
          came += buffer.toString("latin1", 0, length);
          if (came === "ping") resolve({ text: came, transport });
        },
        onEnd: () => undefined,
        onDrain: () => undefined,
        onClose: (error) => resolve({ error: error?.message ?? "closed", transport }),
      },
      () => transport.write("ping"),
    );
    t.after(() => transport.destroy());
  });
}

function backend(
  t: TestContext,
  options: TlsOptions = {},
  pair = makeLeaf(authority, { names }),
): Promise<SecureBackend> {
  return SecureBackend.start(t, { cert: pair.certificate, key: pair.key, ...options });
}

const meant: BackendTls = { serverName: name, authorities };

test("a backend that is the one that was meant is named by SNI and served", async (t) => {
  const { port, accepted } = await backend(t);
  assert.equal((await ask(t, port, compileBackendTls(meant, none))).text, "ping");
  assert.equal((accepted[0] as TLSSocket & { servername: string }).servername, name);
});

for (const [what, leaf, tls, why] of [
  ["of another name", { names: ["b.example.com"] }, meant, /does not name a\.example\.com/],
  ["that has expired", { names, from: -9, until: -1 }, meant, /expired/],
  ["that is not valid yet", { names, from: 1, until: 2 }, meant, /not yet valid/],
  [
    "of another authority",
    { names },
    { ...meant, authorities: makeAuthority("other").certificate },
    /certificate/,
  ],
  ["of an authority that the system does not know", { names }, { serverName: name }, /certificate/],
  [
    "without the names asked for",
    { names },
    { ...meant, names: [{ type: "URI", value: "spiffe://a/b" }] },
    /spiffe/,
  ],
  ["when no authority can be read", { names }, { ...meant, authorities: "nothing" }, /certificate/],
] as const) {
  test(`a backend with a certificate ${what} gets no byte`, async (t) => {
    const { port, accepted } = await backend(t, {}, makeLeaf(authority, leaf));
    let heard = 0;
    const { error } = await ask(t, port, compileBackendTls(tls, none));
    for (const socket of accepted) heard += socket.bytesRead;
    assert.match(error ?? "", why);
    assert.equal(heard, 0);
  });
}

test("names: one of them is enough, and SNI is the server name", async (t) => {
  const { port, accepted } = await backend(
    t,
    {},
    makeLeaf(authority, { names: ["x"], uris: ["spiffe://a/b"] }),
  );
  const tls: BackendTls = {
    ...meant,
    names: [
      { type: "Hostname", value: "nobody" },
      { type: "URI", value: "spiffe://a/b" },
    ],
  };
  assert.equal((await ask(t, port, compileBackendTls(tls, none))).text, "ping");
  assert.equal((accepted[0] as TLSSocket & { servername: string }).servername, name);
});

test("the backend's own certificate may be the authority", async (t) => {
  const pair = makeLeaf(authority, { names });
  const { port } = await backend(t, {}, pair);
  const tls = compileBackendTls({ ...meant, authorities: pair.certificate }, none);
  assert.equal((await ask(t, port, tls)).text, "ping");
});

test("NODE_TLS_REJECT_UNAUTHORIZED does not open the door", async (t) => {
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  t.after(() => delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]);
  const { port } = await backend(t, {}, makeLeaf(makeAuthority("other"), { names }));
  assert.notEqual((await ask(t, port, compileBackendTls(meant, none))).error, undefined);
});

test("a backend that does not speak TLS gets nothing but a ClientHello", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const heard: Buffer[] = [];
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      heard.push(bytes);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
  });
  const { port } = server.address() as { port: number };
  const { error } = await ask(t, port, compileBackendTls(meant, none));
  assert.notEqual(error, undefined);
  assert.equal(heard[0]![0], 22);
  assert.ok(!Buffer.concat(heard).includes("ping"));
});

for (const [what, offered, protocol, works] of [
  ["HTTP/2 where it is spoken", ["h2", "http/1.1"], "h2", true],
  ["HTTP/2 where only HTTP/1.1 is spoken", ["http/1.1"], "h2", false],
  ["HTTP/2 where ALPN is not known", undefined, "h2", false],
  ["HTTP/1.1 where both are spoken", ["h2", "http/1.1"], "http/1.1", true],
  ["HTTP/1.1 where ALPN is not known", undefined, "http/1.1", true],
] as const) {
  test(`${what}: ${works ? "connected" : "refused"}`, async (t) => {
    const { port } = await backend(t, offered === undefined ? {} : { ALPNProtocols: [...offered] });
    const { text, error } = await ask(t, port, compileBackendTls(meant, none), protocol);
    assert.equal(text, works ? "ping" : undefined, error ?? "");
  });
}

test("a backend that asks for a certificate is shown the one that is named", async (t) => {
  const options = { requestCert: true, rejectUnauthorized: true, ca: authorities };
  const { port, accepted } = await backend(t, options);
  const shown = certificate("ns/client", makeLeaf(authority, { names: ["proxy"] }));
  const tls = compileBackendTls({ ...meant, certificate: shown.key }, (key) =>
    key === shown.key ? shown : undefined,
  );
  assert.equal((await ask(t, port, tls)).text, "ping");
  assert.equal(accepted[0]!.getPeerCertificate().subject.CN, "proxy");
  assert.notEqual((await ask(t, port, compileBackendTls(meant, none))).error, undefined);
});

test("a certificate that is named and not there fails, and nothing is sent", async (t) => {
  const { port, accepted } = await backend(t);
  const { error } = await ask(t, port, compileBackendTls({ ...meant, certificate: "ns/gone" }, none));
  assert.match(error ?? "", /ns\/gone/);
  assert.equal(accepted.length, 0);
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`${version}: the second connection to an endpoint resumes the session of the first`, async (t) => {
    const { port, accepted } = await backend(t, { maxVersion: version });
    const tls = compileBackendTls(meant, none);
    for (const resumed of [false, true]) {
      const { text, transport } = await ask(t, port, tls);
      assert.equal(text, "ping");
      assert.equal((transport.socket as TLSSocket).isSessionReused(), resumed);
    }
    // Other settings prove the backend's identity anew.
    const { transport } = await ask(t, port, compileBackendTls(meant, none));
    assert.equal((transport.socket as TLSSocket).isSessionReused(), false);
    assert.equal(accepted.length, 3);
  });
}

test("a refused connection fails like one without TLS", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  assert.match((await ask(t, port, compileBackendTls(meant, none))).error ?? "", /ECONNREFUSED/);
});
