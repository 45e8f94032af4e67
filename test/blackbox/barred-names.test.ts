// Names that somebody else writes, and that lead to the gateway's own machine.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { Backend, Endpoint } from "../../src/program/program.ts";
import { makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { NodeHttp2Backend } from "./kit/http2-scene.ts";
import { route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

type Barred = NonNullable<Endpoint["barred"]>;

/** Asks for `/` at a proxy with this backend. */
async function ask(t: TestContext, backend: Omit<Backend, "key">): Promise<number> {
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main")])],
    backends: [{ key: "main", ...backend }],
  });
  const answer = await fetch(`${scene.origin}/`);
  await answer.arrayBuffer();
  return answer.status;
}

/** `localhost` leads to the loopback address, whoever resolves it; the others are addresses that are written like names. */
const ways: readonly (readonly [host: string, barred: Barred | undefined, status: number])[] = [
  ["localhost", undefined, 200],
  ["localhost", "special", 200],
  ["localhost", "special and loopback", 502],
  ["127.0.0.1", "special", 200],
  ["127.0.0.1", "special and loopback", 502],
  ["0x7f.1", "special and loopback", 502],
  ["::ffff:127.0.0.1", "special and loopback", 502],
  ["0.0.0.0", "special", 502],
];

for (const [host, barred, status] of ways) {
  test(`${host}, ${barred ?? "nothing"} barred: ${status}`, async (t) => {
    let asked = 0;
    const { port } = await HttpBackend.start(t, (_, response) => {
      asked++;
      response.end();
    });
    assert.equal(
      await ask(t, { endpoints: [{ host, port, ...(barred !== undefined && { barred }) }] }),
      status,
    );
    assert.equal(asked, status === 200 ? 1 : 0);
  });
}

for (const barred of ["special", "special and loopback"] as const) {
  const reached = barred === "special";

  test(`the same over HTTP/2, ${barred} barred`, async (t) => {
    const { port } = await NodeHttp2Backend.start(t, (stream) =>
      stream.respond({ ":status": 200 }, { endStream: true }),
    );
    const endpoints = [{ host: "localhost", port, barred }];
    assert.equal(await ask(t, { protocol: "HTTP2", endpoints }), reached ? 200 : 502);
  });

  test(`the same over TLS, ${barred} barred`, async (t) => {
    const authority = makeAuthority();
    const { certificate, key } = makeLeaf(authority, { names: ["backend.test"] });
    const server = createServer({ cert: certificate, key }, (_, response) => response.end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close().closeAllConnections());
    const endpoints = [{ host: "localhost", port: (server.address() as AddressInfo).port, barred }];
    const tls = { serverName: "backend.test", authorities: authority.certificate };
    assert.equal(await ask(t, { tls, endpoints }), reached ? 200 : 502);
  });
}

test("a name that leads nowhere else keeps no connection of a backend that may go there", async (t) => {
  const { port } = await HttpBackend.start(t, (_, response) => response.end());
  const endpoint = { host: "localhost", port };
  const scene = await Scene.with(t, {
    routes: [route([rule("/open", "open"), rule("/", "main")])],
    backends: [
      { key: "open", endpoints: [endpoint] },
      { key: "main", endpoints: [{ ...endpoint, barred: "special and loopback" }] },
    ],
  });
  assert.equal((await fetch(`${scene.origin}/open`)).status, 200);
  assert.equal((await fetch(`${scene.origin}/`)).status, 502);
});
