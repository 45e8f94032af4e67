import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test, type TestContext } from "node:test";
import { Http2Backend, type Http2Request, readHttp2 } from "./kit/http2-backend.ts";
import { mirrored, ok } from "./kit/mirrored.ts";
import { backend as backendOf, route } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const large = Buffer.alloc(300_000, "0123456789abcdef");

/** A mirror and a main backend of either protocol, both of which keep what they get. */
for (const [mainIs, mirrorIs] of [
  ["HTTP1", "HTTP2"],
  ["HTTP2", "HTTP1"],
  ["HTTP2", "HTTP2"],
] as const) {
  for (const clientIs of ["HTTP1 in chunks", "HTTP1 with a length", "HTTP2"] as const) {
    test(`${clientIs} to ${mainIs} is copied to ${mirrorIs}`, async (t) => {
      const [main, mirror] = [await keeping(t, mainIs), await keeping(t, mirrorIs)];
      const scene = await Scene.with(t, {
        routes: [route([mirrored()])],
        backends: [main.backend("main"), mirror.backend("mirror")],
      });
      if (clientIs === "HTTP2") await postHttp2(t, scene);
      else await postHttp1(scene, clientIs === "HTTP1 in chunks");
      const [sent, copied] = [await main.request, await mirror.request];
      for (const request of [sent, copied]) {
        assert.ok(request.body.equals(large));
        assert.equal(request.trailers["x-t"], clientIs === "HTTP1 with a length" ? undefined : "t");
      }
      assert.equal(copied.headers["x-request-id"], sent.headers["x-request-id"]);
    });
  }
}

async function keeping(t: TestContext, protocol: "HTTP1" | "HTTP2") {
  const { promise: request, resolve } = Promise.withResolvers<Http2Request>();
  if (protocol === "HTTP1") {
    const raw = await RawBackend.start(t, async (peer) => {
      const { fields, body, trailers } = await peer.readRequest();
      peer.send(ok);
      const lines = trailers.map((line) => line.toLowerCase().split(": "));
      resolve({ headers: Object.fromEntries(fields), body, trailers: Object.fromEntries(lines) });
    });
    return { request, backend: (key: string) => backendOf(key, raw) };
  }
  const http2 = await Http2Backend.start(t, (stream, headers) => {
    void readHttp2(stream, headers).then((read) => {
      stream.respond({ ":status": 200 });
      stream.end("ok");
      resolve(read);
    });
  });
  return { request, backend: (key: string) => ({ ...backendOf(key, http2), protocol }) };
}

async function postHttp1(scene: Scene, chunked: boolean): Promise<void> {
  const client = await scene.connect();
  if (!chunked) {
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${large.length}\r\n\r\n`);
    client.send(large);
  } else {
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let at = 0; at < large.length; at += 70_000) {
      const part = large.subarray(at, at + 70_000);
      client.send(`${part.length.toString(16)}\r\n`);
      client.send(part);
      client.send("\r\n");
    }
    client.send("0\r\nX-T: t\r\n\r\n");
  }
  assert.equal((await client.readResponse()).body.toString(), "ok");
}

async function postHttp2(t: TestContext, scene: Scene): Promise<void> {
  const session = connect(scene.origin);
  t.after(() => session.destroy());
  const stream = session.request({ ":method": "POST", ":path": "/" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-t": "t" }));
  stream.end(large);
  const [head] = (await once(stream, "response")) as [Record<string, unknown>];
  assert.equal(head[":status"], 200);
  stream.resume();
  await once(stream, "end");
}
