// WebSockets of either client to backends on HTTP/2 (RFC 8441).
import assert from "node:assert/strict";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { test, type TestContext } from "node:test";
import { externalAuth } from "./kit/auth-server.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { backend, route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";
import {
  accept,
  asking,
  closed,
  key,
  open1,
  open2,
  type Open,
  type Opened,
  rawClient,
  readHead,
  take,
  takeAll,
  TunnelBackend,
} from "./kit/web-socket-scene.ts";

const clients: readonly (readonly [name: string, open: Open])[] = [
  ["HTTP/1.1", open1],
  ["HTTP/2", open2],
];

interface Tunnel {
  readonly scene: Scene;
  readonly client: Opened;
  readonly backend: ServerHttp2Stream;
  readonly asked: IncomingHttpHeaders;
  readonly server: TunnelBackend;
}

/** A tunnel that the backend has agreed to, or what it answers instead. */
async function openTunnel(
  t: TestContext,
  open: Open,
  { tls = false, early = "", answer = {} }: { tls?: boolean; early?: string; answer?: object } = {},
): Promise<Tunnel> {
  const came = Promise.withResolvers<[ServerHttp2Stream, IncomingHttpHeaders]>();
  const serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.respond({ ":status": 200, "sec-websocket-protocol": "wamp", ...answer });
    came.resolve([stream, headers]);
  };
  const server = await TunnelBackend.start(t, serve, { tls });
  const scene = await server.scene(t);
  const client = await open(t, scene, early);
  const [backend, asked] = await came.promise;
  return { scene, client, backend, asked, server };
}

for (const [name, open] of clients) {
  for (const tls of [false, true]) {
    test(`${name}: extended CONNECT ${tls ? "over TLS" : "in clear text"}, and bytes go both ways`, async (t) => {
      const { client, backend, asked } = await openTunnel(t, open, { tls, early: "early" });
      const said = [":method", ":protocol", ":scheme", ":path", ":authority"].map((field) => asked[field]);
      assert.deepEqual(said, ["CONNECT", "websocket", tls ? "https" : "http", "/chat?x=1", "a"]);
      assert.equal(asked["sec-websocket-version"], "13");
      assert.equal(asked["sec-websocket-protocol"], "soap, wamp");
      assert.equal(asked["x-forwarded-host"], "a");
      for (const gone of [
        "sec-websocket-key",
        "connection",
        "upgrade",
        "content-length",
        "transfer-encoding",
      ])
        assert.equal(asked[gone], undefined, gone);
      assert.equal(client.fields["sec-websocket-protocol"], "wamp");
      const is1 = name === "HTTP/1.1";
      assert.equal(client.status, is1 ? 101 : 200);
      assert.equal(client.fields["sec-websocket-accept"], is1 ? accept : undefined);
      assert.equal(client.fields.upgrade, is1 ? "websocket" : undefined);
      assert.equal(client.fields.connection, is1 ? "Upgrade" : undefined);
      assert.equal(client.fields["transfer-encoding"], undefined);
      assert.equal(await take(backend, 5), "early");
      for (let round = 0; round < 20; round++) {
        client.stream.write(`ping ${round}`);
        assert.equal(await take(backend, `ping ${round}`.length), `ping ${round}`);
        backend.write(`pong ${round}`);
        assert.equal(await take(client.stream, `pong ${round}`.length), `pong ${round}`);
      }
    });
  }

  test(`${name}: a side that has said all may still be told something`, async (t) => {
    const first = await openTunnel(t, open);
    first.client.stream.end("last");
    assert.equal(await takeAll(first.backend), "last");
    first.backend.write("still here");
    assert.equal(await take(first.client.stream, 10), "still here");
    first.backend.end();
    assert.equal(await takeAll(first.client.stream), "");

    const second = await openTunnel(t, open, { early: "x" });
    // node:http2 resets a stream that it was not asked to read from.
    assert.equal(await take(second.backend, 1), "x");
    second.backend.end("last");
    assert.equal(await takeAll(second.client.stream), "last");
    second.client.stream.write("still here");
    assert.equal(await take(second.backend, 10), "still here");
    second.client.stream.end();
    assert.equal(await takeAll(second.backend), "");
  });

  test(`${name}: a tunnel that one side breaks off ends on the other, with a reset`, async (t) => {
    const first = await openTunnel(t, open);
    first.client.reset();
    await closed(first.backend);
    assert.equal(first.backend.rstCode, 8);
    const second = await openTunnel(t, open);
    second.server.sessions[0]!.destroy();
    await closed(second.client.stream);
    assert.ok(second.client.wasReset());
  });

  for (const reader of ["client", "backend"] as const) {
    test(`${name}: a ${reader} that does not read stops the other side, and loses nothing`, async (t) => {
      const { client, backend } = await openTunnel(t, open);
      const [to, from] = reader === "client" ? [client.stream, backend] : [backend, client.stream];
      const block = Buffer.alloc(1024 * 1024, "x");
      const blocks = 48;
      let sent = 0;
      const flood = (async () => {
        for (let n = 0; n < blocks; n++, sent++) await new Promise((resolve) => from.write(block, resolve));
      })();
      // The other way goes on, long after the first has come to a stand.
      const pings = async () => {
        for (let round = 0; round < 300; round++) {
          to.write("ping");
          assert.equal(await take(from, 4), "ping");
        }
      };
      await pings();
      await pings();
      const before = sent;
      await pings();
      assert.equal(sent, before, "the blocked way stands");
      assert.ok(sent < blocks / 2, `${sent} MiB were taken for nobody`);
      for (let left = blocks * block.length; left > 0; left -= block.length)
        assert.equal((await take(to, block.length)).length, block.length);
      await flood;
    });
  }

  test(`${name}: a backend that does not offer it is not asked: 501`, async (t) => {
    let asked = 0;
    const server = await TunnelBackend.start(t, () => asked++, { offers: false });
    const scene = await server.scene(t);
    // On a connection that is not there yet, and on one whose SETTINGS are known.
    for (let round = 0; round < 2; round++) {
      const client = await open(t, scene);
      assert.equal(client.status, 501);
      assert.match(await take(client.stream, 75), /speaks HTTP\/2 without WebSockets/);
    }
    assert.equal(asked, 0);
    assert.equal(server.sessions.length, 1);
  });

  test(`${name}: a refusal is the client's, and what was sent ahead goes nowhere`, async (t) => {
    const got = Promise.withResolvers<string>();
    const server = await TunnelBackend.start(t, (stream) => {
      stream.respond({ ":status": 403 });
      stream.end("no");
      void takeAll(stream).then(got.resolve);
    });
    const client = await open(t, await server.scene(t), "early");
    assert.equal(client.status, 403);
    assert.equal(await got.promise, "");
  });

  for (const answer of [{ ":status": 204 }, { ":status": 200, "content-length": "5" }]) {
    test(`${name}: an answer that opens a tunnel with a length is none: ${JSON.stringify(answer)}`, async (t) => {
      const { client } = await openTunnel(t, open, { answer });
      assert.equal(client.status, 502);
    });
  }

  test(`${name}: a tunnel outlasts a backend's GOAWAY, and a drain cuts it at its deadline`, async (t) => {
    const { client, backend, server, scene } = await openTunnel(t, open);
    server.sessions[0]!.goaway(0);
    backend.write("hi");
    assert.equal(await take(client.stream, 2), "hi");
    client.stream.write("ho");
    assert.equal(await take(backend, 2), "ho");
    assert.equal(await scene.proxy.drain(50), 1);
    await Promise.all([closed(client.stream), closed(backend)]);
  });
}

for (const [name, open] of clients) {
  test(`${name}: behind an authorization server and filters, what was sent ahead included`, async (t) => {
    const auth = await HttpBackend.start(t, (_, response) => response.setHeader("x-user", "u").end());
    const came = Promise.withResolvers<[ServerHttp2Stream, IncomingHttpHeaders]>();
    const server = await TunnelBackend.start(t, (stream, headers) => {
      stream.respond({ ":status": 200, "sec-websocket-accept": "nonsense" });
      came.resolve([stream, headers]);
    });
    const set = [{ name: "X-Answer", value: "a" }];
    const edits = { type: "ResponseHeaderModifier", set, add: [], remove: [] } as const;
    const filters = [externalAuth("HTTP", { allowedResponseHeaders: ["x-user"] }), edits];
    const scene = await Scene.with(t, {
      routes: [route([rule("/", "main", { filters })])],
      backends: [server.backend, backend("auth", auth)],
    });
    const client = await open(t, scene, "early");
    assert.equal(client.status, name === "HTTP/1.1" ? 101 : 200);
    assert.equal(client.fields["x-answer"], "a");
    if (name === "HTTP/1.1") assert.equal(client.fields["sec-websocket-accept"], accept);
    const [stream, asked] = await came.promise;
    assert.equal(asked["x-user"], "u");
    assert.equal(asked[":protocol"], "websocket");
    assert.equal(await take(stream, 5), "early");
    stream.end("bye");
    assert.equal(await takeAll(client.stream), "bye");
  });
}

test("without a key a WebSocket over HTTP/1.1 is refused before the backend hears of it", async (t) => {
  let asked = 0;
  const server = await TunnelBackend.start(t, () => asked++);
  const scene = await server.scene(t);
  for (const line of [
    "",
    "Sec-WebSocket-Key: short\r\n",
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Key: ${key}\r\n`,
  ]) {
    const socket = await rawClient(t, scene);
    socket.write(`${asking}${line}\r\n`);
    assert.equal((await readHead(socket)).status, 400);
    assert.match(await takeAll(socket), /Sec-WebSocket-Key/);
  }
  assert.equal(asked, 0);
});

test("an offer of anything else, or with another method, goes on as the request that it is without", async (t) => {
  const seen: unknown[] = [];
  const server = await TunnelBackend.start(t, (stream, headers) => {
    seen.push([headers[":method"], headers[":protocol"], headers.upgrade]);
    stream.respond({ ":status": 200 });
    stream.end("plain");
  });
  const scene = await server.scene(t);
  for (const [method, upgrade] of [
    ["GET", "other"],
    ["POST", "websocket"],
  ]) {
    const socket = await rawClient(t, scene);
    socket.write(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`);
    assert.equal((await readHead(socket)).status, 200);
  }
  assert.deepEqual(seen, [
    ["GET", undefined, undefined],
    ["POST", undefined, undefined],
  ]);
});
