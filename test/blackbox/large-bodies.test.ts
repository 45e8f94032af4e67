import assert from "node:assert/strict";
import { createHash, type Hash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { pipeline, Readable, Writable } from "node:stream";
import { test } from "node:test";
import { HttpBackend } from "./kit/http-backend.ts";
import { Scene } from "./kit/scene.ts";

const mebibyte = 1024 * 1024;
const pool = randomBytes(4 * mebibyte);

/** Random bytes in pieces of random sizes, with a pause now and then until something else has happened. */
class RandomBody extends Readable {
  readonly hash: Hash = createHash("sha1");
  private left: number;

  constructor(size: number) {
    super({ highWaterMark: 256 * 1024 });
    this.left = size;
  }

  override _read(): void {
    const small = Math.random() < 0.3;
    const size = Math.min(this.left, 1 + Math.floor(Math.random() * (small ? 50 : 200_000)));
    const start = Math.floor(Math.random() * (pool.length - size));
    const piece = pool.subarray(start, start + size);
    this.left -= size;
    this.hash.update(piece);
    if (size === 0) this.push(null);
    else if (small) setImmediate(() => this.push(piece));
    else this.push(piece);
  }
}

/** Takes everything, at its own uneven pace. */
class Taker extends Writable {
  readonly hash: Hash = createHash("sha1");
  size = 0;

  override _write(piece: Buffer, _: unknown, done: () => void): void {
    this.hash.update(piece);
    this.size += piece.length;
    if (Math.random() < 0.2) setImmediate(done);
    else done();
  }
}

interface Sent {
  readonly size: number;
  readonly sum: string;
}

/** Sends a random body, and resolves to what came back of it. */
async function send(
  scene: Scene,
  path: string,
  size: number,
  chunked: boolean,
): Promise<[sent: Sent, got: Sent]> {
  const body = new RandomBody(size);
  const taker = new Taker();
  const headers: Record<string, string> = chunked ? {} : { "Content-Length": String(size) };
  await new Promise<void>((resolve, reject) => {
    const request = httpRequest(
      `${scene.origin}${path}`,
      { method: "PUT", headers, agent: false },
      (response) => {
        pipeline(response, taker, (error) => (error ? reject(error) : resolve()));
      },
    );
    request.on("error", reject);
    pipeline(body, request, (error) => error && reject(error));
  });
  return [
    { size, sum: body.hash.digest("hex") },
    { size: taker.size, sum: taker.hash.digest("hex") },
  ];
}

test("large bodies come back byte for byte, on many connections at once", async (t) => {
  // Sends back what it gets, while it gets it.
  const backend = await HttpBackend.start(t, (request, response) => {
    if (request.url === "/length") response.setHeader("Content-Length", request.headers["content-length"]!);
    request.pipe(response);
  });
  const scene = await Scene.start(t, backend);
  const runs: Promise<[Sent, Sent]>[] = [];
  for (let run = 0; run < 8; run++) {
    runs.push(send(scene, "/length", 6 * mebibyte + run, false));
    runs.push(send(scene, "/chunked", 6 * mebibyte + run, false));
    runs.push(send(scene, "/chunked", 6 * mebibyte + run, true));
  }
  for (const [sent, got] of await Promise.all(runs)) assert.deepEqual(got, sent);
});

test("large bodies sent first and answered after arrive byte for byte, and connections are used again", async (t) => {
  const backend = await HttpBackend.start(t, (request, response) => {
    const taker = new Taker();
    pipeline(request, taker, () => {
      const sum = taker.hash.digest("hex");
      response.end(`${taker.size} ${sum}`);
    });
  });
  const scene = await Scene.start(t, backend);
  const runs = Array.from({ length: 8 }, async (_, run) => {
    for (const chunked of [true, false]) {
      const size = 3 * mebibyte + run;
      const body = new RandomBody(size);
      const headers: Record<string, string> = chunked ? {} : { "Content-Length": String(size) };
      const answer = await new Promise<string>((resolve, reject) => {
        const request = httpRequest(`${scene.origin}/`, { method: "POST", headers }, (response) => {
          response.setEncoding("utf8");
          let text = "";
          response.on("data", (piece: string) => (text += piece));
          response.on("end", () => resolve(text));
        });
        request.on("error", reject);
        body.pipe(request);
      });
      assert.equal(answer, `${size} ${body.hash.digest("hex")}`);
    }
  });
  await Promise.all(runs);
});

test("large answers arrive byte for byte, by length, in chunks and until close", async (t) => {
  const sums = new Map<string, Hash>();
  const backend = await HttpBackend.start(t, (request, response) => {
    const size = 5 * mebibyte + Math.floor(Math.random() * 1000);
    const body = new RandomBody(size);
    sums.set(request.url!, body.hash);
    if (request.url!.startsWith("/length")) response.setHeader("Content-Length", String(size));
    if (request.url!.startsWith("/close")) response.useChunkedEncodingByDefault = false;
    body.pipe(response);
  });
  const scene = await Scene.start(t, backend);
  const runs = ["/length", "/chunked", "/close"].flatMap((kind) =>
    Array.from({ length: 6 }, async (_, run) => {
      const path = `${kind}/${run}`;
      const taker = new Taker();
      await new Promise<void>((resolve, reject) => {
        const request = httpRequest(scene.origin + path, (response) => {
          pipeline(response, taker, (error) => (error ? reject(error) : resolve()));
        });
        request.on("error", reject).end();
      });
      assert.equal(taker.hash.digest("hex"), sums.get(path)!.digest("hex"), path);
    }),
  );
  await Promise.all(runs);
});
