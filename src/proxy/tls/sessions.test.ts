import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { ListenerTls } from "../../program/program.ts";
import { certificate, makeAuthority, makeLeaf } from "../../../test/blackbox/kit/certificates.ts";
import { roundTrip, secure, SecureListener } from "../../../test/blackbox/kit/secure-listener.ts";
import { ticketKeyPeriod } from "../limits.ts";

const authority = makeAuthority();
const pair = makeLeaf(authority, { names: ["*.example.com"] });
const edit = {
  certificates: [certificate("c", pair)],
  listeners: [secure("", { certificates: ["c"] })],
};
const versions = ["TLSv1.2", "TLSv1.3"] as const;

/** A first handshake, and the session that the client is given in it. */
async function begin(
  listener: SecureListener,
  options: ConnectionOptions,
): Promise<{ socket: TLSSocket; session: Buffer }> {
  const sessions: Buffer[] = [];
  const socket = await listener.connect(authority.certificate, { servername: "a.example.com", ...options });
  const given = socket.getProtocol() === "TLSv1.2" ? undefined : once(socket, "session");
  socket.on("session", (session: Buffer) => sessions.push(session));
  await roundTrip(socket);
  if (given !== undefined) await given;
  return { socket, session: sessions.at(-1) ?? socket.getSession()! };
}

async function resumes(
  listener: SecureListener,
  session: Buffer,
  options: ConnectionOptions,
): Promise<boolean> {
  const socket = await listener.connect(authority.certificate, {
    servername: "a.example.com",
    ...options,
    session,
  });
  assert.equal(await roundTrip(socket), "ping");
  return socket.isSessionReused();
}

for (const version of versions) {
  const options = { minVersion: version, maxVersion: version };

  test(`${version}: a session that one worker began is resumed by another`, async (t) => {
    const secret = randomBytes(32);
    const [one, other, stranger] = await Promise.all([
      SecureListener.start(t, edit, secret),
      SecureListener.start(t, edit, Buffer.from(secret)),
      SecureListener.start(t, edit),
    ]);
    const { session } = await begin(one, options);
    assert.equal(await resumes(one, session, options), true, "itself");
    assert.equal(await resumes(other, session, options), true, "another worker");
    assert.equal(await resumes(stranger, session, options), false, "another run");
  });

  test(`${version}: a session does not outlive the keys of its ticket`, async (t) => {
    const start = Math.ceil(Date.now() / ticketKeyPeriod) * ticketKeyPeriod;
    let now = start + ticketKeyPeriod - 60_000;
    t.mock.method(Date, "now", () => now);
    const listener = await SecureListener.start(t, edit);
    const { session } = await begin(listener, options);
    assert.equal(await resumes(listener, session, options), true);
    now = start + ticketKeyPeriod;
    assert.equal(await resumes(listener, session, options), true, "read with the key of the period before");
    now = start + 2 * ticketKeyPeriod;
    assert.equal(await resumes(listener, session, options), false);
  });

  test(`${version}: whoever has resumed gets a ticket for the next time`, async (t) => {
    const listener = await SecureListener.start(t, edit);
    let { session } = await begin(listener, options);
    for (let time = 0; time < 3; time++) {
      const { socket, session: next } = await begin(listener, { ...options, session });
      assert.equal(socket.isSessionReused(), true, `time ${time}`);
      session = next;
    }
  });

  test(`${version}: a session that was begun without a client certificate is not resumed where one is asked for`, async (t) => {
    const clients = (optional: boolean) => ({ authorities: authority.certificate, optional });
    const listener = await SecureListener.start(t, {
      certificates: edit.certificates,
      listeners: [
        secure("a.example.com", { certificates: ["c"] }),
        secure("b.example.com", { certificates: ["c"], clients: clients(false) }),
        secure("c.example.com", { certificates: ["c"], clients: clients(true) }),
        secure("d.example.com", { certificates: ["c"] }),
      ],
    });
    const { session } = await begin(listener, options);
    // What an attacker does: the session of one name for another one.
    const refused = connectAnyway(listener, "b.example.com", session, options);
    await new Promise((resolve) => refused.once("close", resolve));
    for (const [servername, resumed] of [
      ["c.example.com", false],
      ["d.example.com", true],
    ] as const) {
      const socket = connectAnyway(listener, servername, session, options);
      t.after(() => socket.destroy());
      assert.equal(await roundTrip(socket), "ping");
      assert.equal(socket.isSessionReused(), resumed, servername);
    }
    assert.deepEqual(
      listener.sessions.map(({ serverName }) => serverName),
      ["a.example.com", "c.example.com", "d.example.com"],
    );
  });

  test(`${version}: a session that is resumed brings its client certificate with it`, async (t) => {
    const { certificate: cert, key } = makeLeaf(authority, { names: ["client"] });
    const tls: ListenerTls = {
      certificates: ["c"],
      clients: { authorities: authority.certificate, optional: false },
    };
    const listener = await SecureListener.start(t, {
      certificates: edit.certificates,
      listeners: [secure("", tls)],
    });
    const { session } = await begin(listener, { ...options, cert, key });
    assert.equal(await resumes(listener, session, options), true);
    assert.deepEqual(
      listener.sessions.map(({ clientCertificate }) => clientCertificate),
      ["valid", "valid"],
    );
    // Other authorities: what those before had vouched for counts no longer.
    const others = { authorities: makeAuthority("other").certificate, optional: true };
    listener.edit({ listeners: [secure("", { ...tls, clients: others })] });
    assert.equal(await resumes(listener, session, options), false);
    assert.equal(listener.sessions.at(-1)!.clientCertificate, "none");
  });
}

/** With a session that Node would not use for this name. */
function connectAnyway(
  listener: SecureListener,
  servername: string,
  session: Buffer,
  options: ConnectionOptions,
): TLSSocket {
  // Node writes the name that a session is for in front of it.
  const from = Buffer.from("a.example.com");
  const at = session.indexOf(from);
  const renamed = Buffer.from(session);
  if (at >= 0 && at < 64) renamed.write(servername, at);
  const socket = connect({
    host: "127.0.0.1",
    port: listener.port,
    ca: authority.certificate,
    servername,
    session: renamed,
    ...options,
  });
  socket.on("error", () => undefined);
  return socket;
}

test("a certificate is replaced under connections that go on", async (t: TestContext) => {
  const listener = await SecureListener.start(t, edit);
  const before = await listener.connect(authority.certificate, { servername: "a.example.com" });
  assert.equal(await roundTrip(before), "ping");
  const other = makeAuthority("other");
  listener.edit({ certificates: [certificate("c", makeLeaf(other, { names: ["a.example.com"] }))] });
  const after = await listener.connect(other.certificate, { servername: "a.example.com" });
  assert.equal(await roundTrip(after), "ping");
  assert.equal(await roundTrip(before), "ping");
  await assert.rejects(listener.connect(authority.certificate, { servername: "a.example.com" }));
  // The listener goes, and the connections stay.
  listener.edit({ removedListeners: ["default/gateway/"] });
  assert.equal(await roundTrip(before), "ping");
  assert.equal(await roundTrip(after), "ping");
});
