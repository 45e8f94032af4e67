import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  certificate,
  type KeyPair,
  makeAuthority,
  makeLeaf,
} from "../../../test/blackbox/kit/certificates.ts";
import { roundTrip, secure, SecureListener } from "../../../test/blackbox/kit/secure-listener.ts";

const authority = makeAuthority();
const second = makeAuthority("second");
const pair = makeLeaf(authority, { names: ["a.example.com"] });
const servername = "a.example.com";

const shown: readonly (readonly [string, KeyPair | undefined, "none" | "valid" | "invalid"])[] = [
  ["no certificate", undefined, "none"],
  ["a certificate of the authority", makeLeaf(authority, { names: ["client"] }), "valid"],
  ["a certificate of the second authority", makeLeaf(second, { names: ["client"] }), "valid"],
  [
    "an RSA certificate of the authority",
    makeLeaf(authority, { names: ["client"], keyType: "rsa" }),
    "valid",
  ],
  ["a certificate of another authority", makeLeaf(makeAuthority("other"), { names: ["client"] }), "invalid"],
  [
    "a certificate of another authority of the same name",
    makeLeaf(makeAuthority(), { names: ["client"] }),
    "invalid",
  ],
  [
    "a certificate that has expired",
    makeLeaf(authority, { names: ["client"], from: -9, until: -1 }),
    "invalid",
  ],
  [
    "a certificate that is not valid yet",
    makeLeaf(authority, { names: ["client"], from: 1, until: 2 }),
    "invalid",
  ],
];

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  for (const [what, client, verdict] of shown) {
    for (const optional of [false, true]) {
      const served = optional || verdict === "valid";
      test(`${version}: ${what}, ${optional ? "asked for" : "required"}: ${served ? "served" : "refused"}`, async (t) => {
        const authorities = authority.certificate + second.certificate;
        const listener = await SecureListener.start(t, {
          certificates: [certificate("c", pair)],
          listeners: [secure("", { certificates: ["c"], clients: { authorities, optional } })],
        });
        const options: ConnectionOptions = {
          servername,
          minVersion: version,
          maxVersion: version,
          ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
        };
        if (served) {
          const socket = await listener.connect(authority.certificate, options);
          assert.equal(await roundTrip(socket), "ping");
          assert.equal(listener.sessions[0]!.clientCertificate, verdict);
          return;
        }
        // With TLS 1.3 the client learns of it only after its own part of the handshake.
        try {
          const socket = await listener.connect(authority.certificate, options);
          socket.on("error", () => undefined);
          socket.write("ping");
          socket.on("data", () => assert.fail("served"));
          await new Promise((resolve) => socket.once("close", resolve).once("end", resolve));
        } catch {
          // Told in the handshake.
        }
        assert.equal(listener.sessions.length, 0);
      });
    }
  }
}

test("a listener that asks for no certificate is shown none", async (t) => {
  const listener = await SecureListener.start(t, {
    certificates: [certificate("c", pair)],
    listeners: [secure("", { certificates: ["c"] })],
  });
  const { certificate: cert, key } = makeLeaf(authority, { names: ["client"] });
  const socket = await listener.connect(authority.certificate, { servername, cert, key });
  assert.equal(await roundTrip(socket), "ping");
  assert.equal(listener.sessions[0]!.clientCertificate, "none");
  socket.end();
  await once(socket, "end");
});
