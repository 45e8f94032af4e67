// Filters on metadata of gRPC. The official tests of them look at the backend that answers only.
import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http2";
import { test, type TestContext } from "node:test";
import { http2Backend, http2Client, NodeHttp2Backend, reply } from "./kit/http2-scene.ts";
import { route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

const filter = {
  type: "RequestHeaderModifier",
  set: [{ name: "X-Set", value: "set" }],
  add: [{ name: "X-Add", value: "added" }],
  remove: ["x-gone"],
} as const;

/** The metadata that arrives at a server behind the filter, and the trailers that come back. */
async function call(t: TestContext, metadata: Readonly<Record<string, string>>) {
  let seen: IncomingHttpHeaders = {};
  const backend = await NodeHttp2Backend.start(t, (stream, headers) => {
    seen = headers;
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end();
  });
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [filter] })])],
    backends: [http2Backend("main", backend)],
  });
  const client = await http2Client(t, scene);
  const stream = client.request({
    ":method": "POST",
    ":path": "/test.Service/Method",
    "content-type": "application/grpc",
    te: "trailers",
    ...metadata,
  });
  stream.end();
  const { trailers } = await reply(stream);
  return { seen, trailers };
}

test("metadata that the client has not sent is set and added, and the call is whole", async (t) => {
  const { seen, trailers } = await call(t, { "x-other": "kept" });
  assert.equal(seen["x-set"], "set");
  assert.equal(seen["x-add"], "added");
  assert.equal(seen["x-other"], "kept");
  assert.equal(seen["te"], "trailers");
  assert.equal(seen["content-type"], "application/grpc");
  assert.equal(trailers["grpc-status"], "0");
});

test("metadata of the client's is overwritten, added to and removed", async (t) => {
  const { seen } = await call(t, { "x-set": "client", "x-add": "client", "x-gone": "client" });
  assert.equal(seen["x-set"], "set");
  assert.match(String(seen["x-add"]), /^client, ?added$/);
  assert.equal("x-gone" in seen, false);
});
