import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { code, flag, frame, goaway, headers, reset, settings, type } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { exchange, http2Backend, http2Client, http2Scene, NodeHttp2Backend } from "./kit/http2-scene.ts";
import { route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

/** A backend that does with each request what a test wants; `count` is how many have come. */
async function scripted(
  t: TestContext,
  onRequest: (server: Http2Peer, stream: number, count: number) => void,
): Promise<RawBackend & { count: number }> {
  const state = { count: 0 };
  const backend = await RawBackend.start(t, async (peer) => {
    const server = await Http2Peer.accept(peer);
    for (;;) {
      const came = await server.find(type.headers);
      onRequest(server, came.stream, ++state.count);
    }
  });
  return Object.defineProperty(backend, "count", { get: () => state.count }) as RawBackend & {
    count: number;
  };
}

function answer(server: Http2Peer, stream: number): void {
  server.send(headers(stream, [[":status", "200"]]), frame(type.data, flag.endStream, stream, "fine"));
}

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

test("a request that the backend resets after it was sent is not sent again", async (t) => {
  const backend = await scripted(t, (server, stream, count) => {
    if (count === 1) answer(server, stream);
    else server.send(reset(stream, code.internal));
  });
  const scene = await http2Scene(t, backend);
  const client = await scene.connect();
  client.send(get);
  assert.equal((await client.readResponse()).status, 200);
  // The connection has proved itself; that it resets one stream says nothing against it, and nothing for another try.
  for (const text of [get, post]) {
    client.send(text);
    assert.equal((await client.readResponse()).status, 502);
  }
  assert.equal(backend.count, 3);
  assert.equal(backend.connections.length, 1);
});

test("a refused stream is sent again, also a POST, and not for ever", async (t) => {
  const backend = await scripted(t, (server, stream, count) => {
    if (count === 2) answer(server, stream);
    else server.send(reset(stream, code.refused));
  });
  const scene = await http2Scene(t, backend);
  const client = await scene.connect();
  client.send(post);
  assert.equal((await client.readResponse()).body.toString(), "fine");
  assert.equal(backend.count, 2);
  client.send(get);
  assert.equal((await client.readResponse()).status, 502);
  assert.ok(backend.count <= 6, `${backend.count} tries`);
});

test("streams above the last one of GOAWAY go to another connection, the others end where they are", async (t) => {
  let first: Http2Peer | undefined;
  const backend = await scripted(t, (server, stream, count) => {
    first ??= server;
    if (server !== first) return answer(server, stream);
    if (count === 3) {
      server.send(goaway(3, code.none));
      answer(server, 1);
      answer(server, 3);
    }
  });
  const scene = await http2Scene(t, backend);
  const client = await http2Client(t, scene);
  const replies = await Promise.all(
    [1, 2, 3].map(() => exchange(client, { ":path": "/", ":method": "POST" })),
  );
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(backend.count, 4);
  assert.equal(backend.connections.length, 2);
  assert.equal((await exchange(client, { ":path": "/" })).status, 200);
  assert.equal(backend.connections.length, 2, "the second one is used again");
});

test("a backend that closes in the middle of streams fails each of them once", async (t) => {
  const backend = await scripted(t, (server, _, count) => {
    if (count === 2) server.peer.socket.destroy();
  });
  const scene = await http2Scene(t, backend);
  const client = await http2Client(t, scene);
  const replies = await Promise.all([1, 2].map(() => exchange(client, { ":path": "/" })));
  assert.deepEqual(
    replies.map(({ status }) => status),
    [502, 502],
  );
  assert.equal(backend.count, 2);
});

/** What is no answer: the client hears 502, and other streams of the connection do not notice. */
const broken: Readonly<Record<string, (stream: number) => readonly Buffer[]>> = {
  "no status": (stream) => [headers(stream, [["x", "y"]], flag.endStream)],
  "a status of two digits": (stream) => [headers(stream, [[":status", "20"]], flag.endStream)],
  "two statuses": (stream) => [
    headers(
      stream,
      [
        [":status", "200"],
        [":status", "204"],
      ],
      flag.endStream,
    ),
  ],
  "a path": (stream) => [
    headers(
      stream,
      [
        [":status", "200"],
        [":path", "/"],
      ],
      flag.endStream,
    ),
  ],
  "status 101": (stream) => [headers(stream, [[":status", "101"]], flag.endStream)],
  "1xx that ends the stream": (stream) => [headers(stream, [[":status", "103"]], flag.endStream)],
  "DATA before HEADERS": (stream) => [frame(type.data, flag.endStream, stream, "x")],
  "Transfer-Encoding": (stream) => [
    headers(
      stream,
      [
        [":status", "200"],
        ["transfer-encoding", "chunked"],
      ],
      flag.endStream,
    ),
  ],
  "a value with CRLF": (stream) => [
    headers(
      stream,
      [
        [":status", "200"],
        ["x", "y\r\nz: w"],
      ],
      flag.endStream,
    ),
  ],
  "two lengths": (stream) => [
    headers(stream, [
      [":status", "200"],
      ["content-length", "1"],
      ["content-length", "2"],
    ]),
  ],
  "a length and no body": (stream) => [
    headers(
      stream,
      [
        [":status", "200"],
        ["content-length", "1"],
      ],
      1,
    ),
  ],
  "1xx without end": (stream) => Array.from({ length: 40 }, () => headers(stream, [[":status", "103"]])),
};

test("a malformed answer is 502, and other streams go on", async (t) => {
  const names = Object.keys(broken);
  const backend = await scripted(t, (server, stream, count) => {
    if (count === 1)
      server.send(headers(stream, [[":status", "200"]]), frame(type.data, 0, stream, "begins"));
    else server.send(...broken[names[count - 2]!]!(stream));
  });
  const scene = await http2Scene(t, backend);
  const client = await http2Client(t, scene);
  const long = client.request({ ":path": "/long" });
  await new Promise((resolve) => long.once("data", resolve));
  for (const name of names) assert.equal((await exchange(client, { ":path": "/" })).status, 502, name);
  assert.equal(backend.connections.length, 1);
  assert.equal(long.closed, false);
});

/** An answer that has no body, and yet DATA: what HTTP/1 would take for the next answer. */
const smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

test("DATA behind an answer without a body never becomes the next answer on HTTP/1", async (t) => {
  for (const [method, status] of [
    ["HEAD", "200"],
    ["GET", "204"],
    ["GET", "304"],
  ] as const) {
    const backend = await scripted(t, (server, stream) => {
      const length: readonly (readonly [string, string])[] =
        status === "204" ? [] : [["content-length", String(smuggled.length)]];
      server.send(headers(stream, [[":status", status], ...length]));
      server.send(frame(type.data, flag.endStream, stream, smuggled));
    });
    const scene = await http2Scene(t, backend);
    const client = await scene.connect();
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.ended();
    assert.doesNotMatch(client.received.toString("latin1"), /evil/, `${method} ${status}`);
  }
});

test("an answer without a body may end with an empty DATA frame", async (t) => {
  for (const status of ["204", "304"]) {
    const backend = await scripted(t, (server, stream) => {
      server.send(headers(stream, [[":status", status]]), frame(type.data, flag.endStream, stream));
    });
    const scene = await http2Scene(t, backend);
    const client = await scene.connect();
    for (let round = 0; round < 2; round++) {
      client.send(get);
      const response = await client.readResponse();
      assert.equal(response.status, Number(status));
      assert.equal(
        response.fields.some(([name]) => name === "transfer-encoding"),
        false,
      );
    }
  }
});

/** Answers that break off: the client must see that they are not whole. */
const cut: Readonly<Record<string, (stream: number) => readonly Buffer[]>> = {
  "less than its length": (stream) => [
    headers(stream, [
      [":status", "200"],
      ["content-length", "9"],
    ]),
    frame(type.data, flag.endStream, stream, "short"),
  ],
  "more than its length": (stream) => [
    headers(stream, [
      [":status", "200"],
      ["content-length", "2"],
    ]),
    frame(type.data, flag.endStream, stream, "too long"),
  ],
  "a reset": (stream) => [
    headers(stream, [[":status", "200"]]),
    frame(type.data, 0, stream, "begins"),
    reset(stream, code.internal),
  ],
  "trailers that do not end it": (stream) => [
    headers(stream, [[":status", "200"]]),
    frame(type.data, 0, stream, "begins"),
    headers(stream, [["x", "y"]]),
  ],
  "trailers with a length": (stream) => [
    headers(stream, [[":status", "200"]]),
    frame(type.data, 0, stream, "begins"),
    headers(stream, [["content-length", "6"]], flag.endStream),
  ],
};

test("an answer that is not whole is not passed off as one", async (t) => {
  for (const [name, frames] of Object.entries(cut)) {
    const backend = await scripted(t, (server, stream) => server.send(...frames(stream)));
    const scene = await http2Scene(t, backend);
    const client = await http2Client(t, scene);
    await assert.rejects(exchange(client, { ":path": "/" }), /^Error/, name);
    const old = await scene.connect();
    old.send(get);
    assert.equal(await old.ended(), "reset", name);
  }
});

test("trailers that speak of the hop are left out, those of gRPC come through", async (t) => {
  const backend = await scripted(t, (server, stream) => {
    server.send(headers(stream, [[":status", "200"]]), frame(type.data, 0, stream, "x"));
    server.send(
      headers(
        stream,
        [
          ["grpc-status", "0"],
          ["x-request-id", "7"],
          ["te", "trailers"],
          ["x-forwarded-for", "b"],
        ],
        flag.endStream,
      ),
    );
  });
  const scene = await http2Scene(t, backend);
  const { trailers } = await exchange(await http2Client(t, scene), { ":path": "/" });
  assert.deepEqual(Object.entries(trailers), [
    ["grpc-status", "0"],
    ["x-request-id", "7"],
  ]);
});

test("a backend may limit the streams of a connection, and gets more connections", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    const server = await Http2Peer.accept(peer, [3, 2]);
    let open = 0;
    for (;;) {
      const { stream } = await server.find(type.headers);
      if (open === 2) server.send(reset(stream, code.refused));
      else {
        open++;
        setImmediate(() => {
          open--;
          answer(server, stream);
        });
      }
    }
  });
  const scene = await http2Scene(t, backend);
  const client = await http2Client(t, scene);
  const replies = await Promise.all(Array.from({ length: 40 }, () => exchange(client, { ":path": "/" })));
  assert.ok(replies.every(({ status }) => status === 200));
  assert.ok(backend.connections.length > 1);
});

test("a backend that speaks HTTP/1 only is 502", async (t) => {
  const backend = await RawBackend.start(t, (peer) => peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const scene = await http2Scene(t, backend);
  const client = await scene.connect();
  client.send(get);
  assert.equal((await client.readResponse()).status, 502);
});

test("many requests that their clients give up cost the backend's connection nothing", async (t) => {
  const node = await NodeHttp2Backend.start(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.write(Buffer.alloc(20_000));
  });
  const scene = await http2Scene(t, node);
  const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => http2Client(t, scene)));
  const steady = await http2Client(t, scene);
  const long = steady.request({ ":path": "/" });
  await new Promise((resolve) => long.once("data", resolve));
  for (let round = 0; round < 2; round++) {
    for (const session of sessions) {
      const streams = Array.from({ length: 60 }, () => session.request({ ":path": "/" }));
      for (const stream of streams) {
        stream.on("error", () => undefined);
        stream.once("response", () => stream.close(code.cancel));
      }
      await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once("close", resolve))));
    }
  }
  assert.equal(long.closed, false);
  assert.equal(node.sessions.length, 1, "one connection has carried everything");
});

test("a change of the initial window in the middle of a body goes by the standard", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await http2Scene(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000));
  const server = await Http2Peer.accept(await backend.accept(), [4, 100]);
  // The first window is 65535 whatever the settings say that had not arrived yet: the body may be there as a whole.
  let got = 0;
  while (got < 100) got += (await server.find(type.data)).payload.length;
  server.send(settings([4, 2000]));
  while (got < 1000) got += (await server.find(type.data)).payload.length;
  assert.equal(got, 1000);
  answer(server, 1);
  assert.equal((await client.readResponse()).status, 200);
});

test("a route that retries sends a request to HTTP/2 again with its body", async (t) => {
  const bodies: string[] = [];
  const node = await NodeHttp2Backend.start(t, (stream) => {
    const pieces: Buffer[] = [];
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => {
      bodies.push(Buffer.concat(pieces).toString());
      stream.respond({ ":status": bodies.length === 1 ? 503 : 200 });
      stream.end("done");
    });
  });
  const retry = { attempts: 1, codes: [503], backoff: 1 };
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { retry })])],
    backends: [http2Backend("main", node)],
  });
  const reply = await exchange(await http2Client(t, scene), { ":path": "/", ":method": "POST" }, "the body");
  assert.equal(reply.status, 200);
  assert.deepEqual(bodies, ["the body", "the body"]);
});
