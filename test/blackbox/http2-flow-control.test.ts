import assert from "node:assert/strict";
import { test } from "node:test";
import { backlogTo } from "./kit/backlog.ts";
import { Clock } from "./kit/clock.ts";
import { code, flag, frame, headers, request, settings, type, windowUpdate } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { exchange, http2Client, http2Scene, NodeHttp2Backend } from "./kit/http2-scene.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const MiB = 1024 * 1024;
const large = `HTTP/1.1 200 OK\r\nContent-Length: ${MiB}\r\n\r\n${"x".repeat(MiB)}`;

test("no more is sent on a stream than its window allows, and all of it in the end", async (t) => {
  const scene = await Scene.start(t, await RawBackend.answering(t, large));
  const client = await Http2Peer.connect(scene, [4, 1000]);
  client.send(windowUpdate(0, MiB));
  client.get(1, "/");
  await client.find(type.headers, 1);
  assert.equal((await client.find(type.data, 1)).payload.length, 1000);
  await client.ping();
  client.send(windowUpdate(1, 1));
  assert.equal((await client.find(type.data, 1)).payload.length, 1);
  // A smaller window takes away what was given: from -500 it takes 501 to go on.
  client.send(settings([4, 500]), windowUpdate(1, 500));
  await client.ping();
  client.send(windowUpdate(1, 7));
  assert.equal((await client.find(type.data, 1)).payload.length, 7);
  client.send(settings([4, 520]));
  assert.equal((await client.find(type.data, 1)).payload.length, 20);
  client.send(windowUpdate(1, MiB));
  let got = 1028;
  while (got < MiB) got += (await client.find(type.data, 1)).payload.length;
  assert.equal(got, MiB);
  assert.equal(client.frames.at(-1)!.flags & flag.endStream, flag.endStream);
});

test("a window is shared by all streams of a connection, and each of them goes on when it grows", async (t) => {
  const scene = await Scene.start(t, await RawBackend.answering(t, large));
  const client = await Http2Peer.connect(scene, [4, MiB]);
  const streams = [1, 3, 5, 7];
  for (const stream of streams) client.get(stream, "/");
  let got = 0;
  while (got < 65_535) got += (await client.find(type.data)).payload.length;
  assert.equal(got, 65_535);
  await client.ping();
  const seen = new Set<number>();
  while (got < streams.length * MiB) {
    client.send(windowUpdate(0, 40_000));
    for (let allowed = 40_000; allowed > 0 && got < streams.length * MiB;) {
      const { stream, payload } = await client.find(type.data);
      seen.add(stream);
      allowed -= payload.length;
      got += payload.length;
    }
    if (got < MiB) assert.ok(seen.size > 0);
    else assert.equal(seen.size, streams.length, "no stream waits until another is over");
  }
});

test("a stream that is not read does not hold up another one, and holds little itself", async (t) => {
  let written = 0;
  const backend = await HttpBackend.start(t, (incoming, response) => {
    if (incoming.url === "/small") return void response.end("small");
    const piece = Buffer.alloc(64 * 1024);
    const write = () => {
      while (written < 64 * MiB && response.write(piece)) written += piece.length;
      written += piece.length;
    };
    response.on("drain", write);
    write();
  });
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  client.send(windowUpdate(0, 16 * MiB));
  client.get(1, "/large");
  await client.find(type.data, 1);
  for (let stream = 3; stream < 60; stream += 2) {
    client.get(stream, "/small");
    assert.equal((await client.answer(stream)).body, "small");
  }
  assert.ok(written < 32 * MiB, `${written} bytes were taken for a stream that nobody reads`);
});

test("a client that reads slowly is served to the end, however much it asks for at once", async (t) => {
  const size = MiB / 2;
  const backend = await HttpBackend.start(t, (_, response) => void response.end(Buffer.alloc(size)));
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene, [4, 2 ** 31 - 1]);
  client.send(windowUpdate(0, 2 ** 31 - 1 - 65_535));
  const { socket } = client.peer;
  socket.pause();
  const count = 100;
  for (let index = 0; index < count; index++) client.get(2 * index + 1, "/");
  // Everything comes to a stand, in many turns of the event loop.
  let before = -1;
  let most = 0;
  for (let still = 0; still < 200; await new Promise(setImmediate)) {
    const waits = backlogTo(client.peer);
    most = Math.max(most, waits);
    still = waits === before ? still + 1 : 0;
    before = waits;
  }
  assert.ok(most < MiB, `${most} bytes wait for a client that does not read`);
  let got = client.peer.received.length;
  socket.removeAllListeners("data");
  await new Promise<void>((resolve, reject) => {
    socket.once("close", () => reject(new Error(`closed after ${got} bytes`)));
    socket.on("data", (bytes: Buffer) => {
      got += bytes.length;
      if (got > count * size) resolve();
    });
    socket.resume();
  });
});

test("a body that its backend does not take stops after a window", async (t) => {
  const stuck = await RawBackend.start(t, (peer) => void peer.socket.pause());
  const scene = await Scene.start(t, stuck);
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, request("POST", "/")));
  const piece = frame(type.data, 0, 1, Buffer.alloc(16_384));
  let window = 65_535;
  let sent = 0;
  // What the kernel takes is not our doing; when nothing more is allowed after a round trip, it is over.
  for (let before = -1; before !== sent;) {
    before = sent;
    for (; window >= 16_384; window -= 16_384, sent += 16_384) client.send(piece);
    for (let round = 0; round < 2; round++) await client.ping();
    for (const came of client.frames.splice(0))
      if (came.type === type.window && came.stream === 1) window += came.payload.readUInt32BE(0);
  }
  assert.ok(sent < 32 * MiB, `${sent} bytes`);
});

test("many streams that have sent a little leave the connection its window", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    await peer.takeUntil("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
  });
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  let window = 65_535;
  const count = () => {
    for (const came of client.frames.splice(0))
      if (came.type === type.window && came.stream === 0) window += came.payload.readUInt32BE(0);
  };
  // 100 streams of 140 kB each are more than the 4 MiB of the connection; each stays open.
  for (let stream = 1; stream < 200; stream += 2) {
    client.send(headers(stream, request("POST", "/")));
    await client.find(type.headers, stream);
    for (let part = 0; part < 10; part++, window -= 14_000) {
      count();
      for (; window < 14_000; count()) await client.find(type.window, 0);
      client.send(frame(type.data, 0, stream, Buffer.alloc(14_000)));
    }
  }
});

test("many streams of a backend that have sent a little leave its connection the window", async (t) => {
  const backend = await NodeHttp2Backend.start(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.write(Buffer.alloc(14_000));
  });
  const scene = await http2Scene(t, backend);
  for (let connection = 0; connection < 8; connection++) {
    const client = await http2Client(t, scene, { settings: { initialWindowSize: MiB } });
    await Promise.all(
      Array.from({ length: 90 }, async () => {
        const stream = client.request({ ":path": "/" });
        let got = 0;
        await new Promise<void>((resolve) => {
          stream.on("data", (bytes: Buffer) => {
            got += bytes.length;
            if (got === 14_000) resolve();
          });
        });
      }),
    );
  }
});

test("whoever sends more than a window is stopped", async (t) => {
  const stuck = await RawBackend.start(t, (peer) => void peer.socket.pause());
  const scene = await Scene.start(t, stuck);
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, [...request("CONNECT", "/"), [":protocol", "websocket"]]));
  client.send(headers(3, request("POST", "/")));
  for (let sent = 0; sent < 5; sent++) client.send(frame(type.data, 0, 1, Buffer.alloc(16_384)));
  await client.resetCode(1);
  client.send(windowUpdate(3, 2 ** 31 - 1));
  assert.equal(await client.resetCode(3), code.flowControl);
  client.send(windowUpdate(0, 2 ** 31 - 1));
  assert.equal((await client.ended()).code, code.flowControl);
});

test("answers that a client never takes end after a while, the proxy's own too", async (t) => {
  const clock = new Clock(t);
  const backend = await RawBackend.answering(t, large);
  const scene = await Scene.start(t, backend);
  const own = await Scene.start(t);
  for (const at of [scene, own]) {
    const client = await Http2Peer.connect(at, [4, 0]);
    client.get(1, "/");
    await client.find(type.headers, 1);
    await client.ping();
    await clock.skip(61_000);
    await clock.skip(61_000);
    assert.equal(await client.resetCode(1), code.cancel);
  }
});

test("an answer that a client stopped taking ends also when its request ends only then", async (t) => {
  const clock = new Clock(t);
  const backend = await RawBackend.start(t, async (peer) => {
    await peer.takeUntil("\r\n\r\n");
    peer.send(large);
  });
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene, [4, 10]);
  client.send(headers(1, request("POST", "/")));
  await client.find(type.data, 1);
  await client.ping();
  client.send(frame(type.data, flag.endStream, 1, "end"));
  await client.ping();
  await clock.skip(61_000);
  await clock.skip(61_000);
  assert.equal(await client.resetCode(1), code.cancel);
});

test("an upload that is answered early ends with NO_ERROR once the answer was taken", async (t) => {
  const scene = await Scene.start(t);
  const client = await Http2Peer.connect(scene, [4, 5]);
  client.send(headers(1, request("POST", "/")));
  await client.find(type.data, 1);
  await client.ping();
  client.send(windowUpdate(1, 1000));
  let came = await client.find(type.data, 1);
  assert.equal(came.flags & flag.endStream, flag.endStream);
  assert.equal(await client.resetCode(1), code.none);
  client.get(3, "/");
  came = await client.find(type.headers, 3);
  assert.deepEqual(came.fields[0], [":status", "503"]);
});

test("50 MiB go through both sides whole", async (t) => {
  const backend = await NodeHttp2Backend.start(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  const scene = await http2Scene(t, backend);
  const client = await http2Client(t, scene);
  const body = Buffer.alloc(10 * MiB, "abcdefghijk");
  const replies = await Promise.all(
    Array.from({ length: 5 }, () => exchange(client, { ":path": "/", ":method": "POST" }, body)),
  );
  for (const { body: back } of replies) assert.ok(back.equals(body));
});
