import assert from "node:assert/strict";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { test, type TestContext } from "node:test";
import { Clock } from "./kit/clock.ts";
import { http2Backend, http2Client, http2Scene, NodeHttp2Backend, reply } from "./kit/http2-scene.ts";
import { route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

/** Length-prefixed messages (gRPC over HTTP/2, "Length-Prefixed-Message"). */
function message(text: string): Buffer {
  const bytes = Buffer.from(text);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

class Messages {
  private bytes = Buffer.alloc(0);

  add(bytes: Buffer): string[] {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    const texts: string[] = [];
    while (this.bytes.length >= 5) {
      const end = 5 + this.bytes.readUInt32BE(1);
      if (this.bytes.length < end) break;
      texts.push(this.bytes.subarray(5, end).toString());
      this.bytes = this.bytes.subarray(end);
    }
    return texts;
  }
}

const asking = {
  ":method": "POST",
  ":path": "/test.Service/Method",
  "content-type": "application/grpc+proto",
  te: "trailers",
};

function respond(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "fine" }));
}

async function service(
  t: TestContext,
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
) {
  const backend = await NodeHttp2Backend.start(t, onStream);
  return http2Client(t, await http2Scene(t, backend));
}

test("a unary call goes through with its fields, its messages and its trailers", async (t) => {
  let seen: IncomingHttpHeaders = {};
  const client = await service(t, (stream, headers) => {
    seen = headers;
    const messages = new Messages();
    stream.on("data", (bytes: Buffer) => {
      for (const text of messages.add(bytes)) {
        respond(stream);
        stream.end(message(`hello ${text}`));
      }
    });
  });
  const stream = client.request({ ...asking, "grpc-timeout": "10S" });
  stream.end(message("you"));
  const { status, headers, body, trailers } = await reply(stream);
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "application/grpc");
  assert.deepEqual(new Messages().add(body), ["hello you"]);
  assert.equal(trailers["grpc-status"], "0");
  assert.equal(trailers["grpc-message"], "fine");
  assert.equal(seen["te"], "trailers");
  assert.equal(seen["grpc-timeout"], "10S");
  assert.equal(seen["content-type"], "application/grpc+proto");
});

test("trailers alone are passed on as such", async (t) => {
  const client = await service(t, (stream) =>
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": "5" },
      { endStream: true },
    ),
  );
  const stream = client.request(asking);
  stream.end(message("x"));
  const { headers, body, trailers } = await reply(stream);
  assert.equal(headers["grpc-status"], "5");
  assert.equal(body.length, 0);
  assert.equal(Object.keys(trailers).length, 0);
});

test("a stream of the client's is answered once, at its end", async (t) => {
  const client = await service(t, (stream) => {
    const messages = new Messages();
    const texts: string[] = [];
    stream.on("data", (bytes: Buffer) => texts.push(...messages.add(bytes)));
    stream.on("end", () => {
      respond(stream);
      stream.end(message(texts.join("+")));
    });
  });
  const stream = client.request(asking);
  for (let round = 0; round < 10; round++) {
    stream.write(message(String(round)));
    await new Promise(setImmediate);
  }
  stream.end();
  assert.deepEqual(new Messages().add((await reply(stream)).body), ["0+1+2+3+4+5+6+7+8+9"]);
});

test("messages of a backend's stream come one by one", async (t) => {
  let next: () => void = () => undefined;
  const client = await service(t, (stream) => {
    respond(stream);
    let round = 0;
    next = () => (round === 5 ? stream.end() : void stream.write(message(String(round++))));
    next();
  });
  const stream = client.request(asking);
  stream.end(message("go"));
  const done = reply(stream);
  const messages = new Messages();
  const texts: string[] = [];
  // The next message is sent only when the one before it has arrived: nothing is held back.
  stream.on("data", (bytes: Buffer) => {
    texts.push(...messages.add(bytes));
    next();
  });
  const { trailers } = await done;
  assert.deepEqual(texts, ["0", "1", "2", "3", "4"]);
  assert.equal(trailers["grpc-status"], "0");
});

test("a stream of both sides is a conversation", async (t) => {
  const client = await service(t, (stream) => {
    respond(stream);
    const messages = new Messages();
    stream.on("data", (bytes: Buffer) => {
      for (const text of messages.add(bytes)) stream.write(message(`re: ${text}`));
    });
    stream.on("end", () => stream.end());
  });
  const stream = client.request(asking);
  const done = reply(stream);
  const messages = new Messages();
  const texts: string[] = [];
  stream.write(message("0"));
  stream.on("data", (bytes: Buffer) => {
    for (const text of messages.add(bytes)) {
      if (texts.push(text) === 50) stream.end();
      else stream.write(message(String(texts.length)));
    }
  });
  await done;
  assert.deepEqual(
    texts,
    Array.from({ length: 50 }, (_, round) => `re: ${round}`),
  );
});

test("a backend that answers before the request ends is heard, and the client told to stop", async (t) => {
  const client = await service(t, (stream) => {
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": "3" },
      { endStream: true },
    );
  });
  const stream = client.request(asking);
  stream.write(message("begins"));
  const { headers } = await reply(stream);
  assert.equal(headers["grpc-status"], "3");
});

test("errors of ours are statuses of gRPC on HTTP 200", async (t) => {
  const broken = rule("/broken", "main", { broken: "as written it cannot be served" });
  const scene = await Scene.with(t, {
    routes: [route([broken, rule("/empty", "empty"), rule("/dead", "dead")])],
    backends: [http2Backend("empty"), http2Backend("dead", { host: "127.0.0.1", port: 1 })],
  });
  const client = await http2Client(t, scene);
  for (const [path, status] of [
    ["/none", "12"],
    ["/broken", "14"],
    ["/empty", "14"],
    ["/dead", "14"],
  ] as const) {
    const stream = client.request({ ...asking, ":path": path });
    stream.end(message("x"));
    const { status: http, headers, body } = await reply(stream);
    assert.equal(http, 200, path);
    assert.equal(headers["grpc-status"], status, path);
    assert.equal(headers["content-type"], "application/grpc", path);
    assert.match(String(headers["grpc-message"]), /^[ -~]+$/, path);
    assert.equal(body.length, 0, path);
  }
  const web = client.request({ ...asking, ":path": "/none", "content-type": "application/grpc-web" });
  web.end();
  assert.equal((await reply(web)).status, 404, "gRPC-Web is HTTP");
});

test("grpc-timeout is a deadline of ours too: DEADLINE_EXCEEDED", async (t) => {
  const arrived = Promise.withResolvers<ServerHttp2Stream>();
  const clock = new Clock(t);
  const client = await service(t, (stream) => arrived.resolve(stream));
  const stream = client.request({ ...asking, "grpc-timeout": "20S" });
  stream.end(message("x"));
  const upstream = await arrived.promise;
  const closed = new Promise((resolve) => upstream.once("close", resolve));
  const done = reply(stream);
  await clock.skip(21_000);
  const { status, headers } = await done;
  assert.equal(status, 200);
  assert.equal(headers["grpc-status"], "4");
  await closed;
  assert.equal(upstream.rstCode, 8, "the backend is told to stop: CANCEL");
});

test("a grpc-timeout that is none is passed on and left alone", async (t) => {
  const client = await service(t, (stream) => stream.respond({ "grpc-status": "0" }, { endStream: true }));
  for (const timeout of ["", "S", "1", "123456789S", "-1S", "1s", "1.5S"]) {
    const stream = client.request({ ...asking, "grpc-timeout": timeout });
    stream.end();
    assert.equal((await reply(stream)).headers["grpc-status"], "0", timeout);
  }
});
