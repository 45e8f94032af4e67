import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http2";
import { test } from "node:test";
import * as fc from "fast-check";
import { HttpBackend } from "./kit/http-backend.ts";
import { http2Backend, http2Client, NodeHttp2Backend, reply } from "./kit/http2-scene.ts";
import { backend, route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

/** A second or so; more with `RUNS=10000`. */
const numRuns = Number(process.env["RUNS"] ?? 150);

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
});
const values = fc.oneof(
  visible,
  fc.tuple(visible, visible).map(([a, b]) => `${a} x${b}`.trim()),
);
const fields = fc.dictionary(
  fc.stringMatching(/^x-[a-z0-9!#$&'*+.^_|~-]{1,30}$/),
  values.filter((value) => value.trim() === value),
  { maxKeys: 12, noNullPrototype: true },
);
const pieces = fc.array(
  fc.oneof(fc.nat(20), fc.nat(70_000)).map((size) => Buffer.alloc(size, "0123456789abcde")),
  { maxLength: 6 },
);

const exchanges = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "PROPFIND"),
  path: fc.stringMatching(/^\/[a-z0-9?=&]{0,40}$/),
  asked: fields,
  body: fc.option(pieces, { nil: undefined }),
  known: fc.boolean(),
  status: fc.constantFrom(200, 201, 206, 204, 304, 400, 404, 429, 500, 503),
  answered: fields,
  answer: fc.option(pieces, { nil: undefined }),
});

interface Seen {
  readonly start: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Exchange = typeof exchanges extends fc.Arbitrary<infer T> ? T : never;

/** The fields that a test has made up, of all that came. */
function own(headers: IncomingHttpHeaders): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => name.startsWith("x-") && !/^x-(forwarded-|request-id)/.test(name),
    ),
  );
}

const isBodiless = ({ method, status }: Exchange) => method === "HEAD" || status === 204 || status === 304;

/** Every exchange names itself, so that all may run at once. */
class Book {
  readonly wanted = new Map<string, Exchange>();
  readonly seen = new Map<string, Seen>();
  private count = 0;

  add(exchange: Exchange): string {
    const name = String(this.count++);
    this.wanted.set(name, exchange);
    return name;
  }
}

async function startHttp2(t: Parameters<typeof NodeHttp2Backend.start>[0], book: Book) {
  const started = await NodeHttp2Backend.start(t, (stream, headers) => {
    const name = headers["test-name"] as string;
    const wanted = book.wanted.get(name)!;
    const came: Buffer[] = [];
    stream.on("data", (piece: Buffer) => came.push(piece));
    stream.on("end", () => {
      book.seen.set(name, {
        start: `${headers[":method"]} ${headers[":path"]}`,
        headers,
        body: Buffer.concat(came),
      });
      const bodiless = isBodiless(wanted) || wanted.answer === undefined;
      stream.respond({ ":status": wanted.status, ...wanted.answered }, { endStream: bodiless });
      if (bodiless) return;
      for (const piece of wanted.answer!) stream.write(piece);
      stream.end();
    });
  });
  return http2Backend("main", started);
}

async function startHttp1(t: Parameters<typeof HttpBackend.start>[0], book: Book) {
  const started = await HttpBackend.start(t, (incoming, response) => {
    const name = incoming.headers["test-name"] as string;
    const wanted = book.wanted.get(name)!;
    const came: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => came.push(piece));
    incoming.on("end", () => {
      const start = `${incoming.method} ${incoming.url}`;
      book.seen.set(name, { start, headers: incoming.headers, body: Buffer.concat(came) });
      response.writeHead(wanted.status, wanted.answered);
      if (!isBodiless(wanted)) for (const piece of wanted.answer ?? []) response.write(piece);
      response.end();
    });
  });
  return backend("main", started);
}

for (const [name, start] of Object.entries({ "HTTP/2": startHttp2, "HTTP/1.1": startHttp1 })) {
  test(`what node:http2 asks of the proxy and what a backend of ${name} answers arrive as they were`, async (t) => {
    const book = new Book();
    const main = await start(t, book);
    const scene = await Scene.with(t, { routes: [route([rule("/", "main")])], backends: [main] });
    const session = await http2Client(t, scene);
    const ask = async (wanted: Exchange): Promise<void> => {
      const { method, path, asked, body, known } = wanted;
      const self = book.add(wanted);
      const whole = Buffer.concat(body ?? []);
      const length = known && body !== undefined ? { "content-length": whole.length } : {};
      const stream = session.request(
        { ":method": method, ":path": path, "test-name": self, ...asked, ...length },
        { endStream: body === undefined },
      );
      for (const piece of body ?? []) stream.write(piece);
      if (body !== undefined) stream.end();
      const got = await reply(stream);
      const seen = book.seen.get(self)!;
      assert.equal(seen.start, `${method} ${path}`);
      assert.deepEqual(own(seen.headers), asked);
      assert.ok(seen.body.equals(whole));
      assert.equal(got.status, wanted.status);
      assert.deepEqual(own(got.headers), wanted.answered);
      const answer = isBodiless(wanted) ? Buffer.alloc(0) : Buffer.concat(wanted.answer ?? []);
      assert.ok(got.body.equals(answer));
    };
    const groups = fc.array(exchanges, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(groups, async (group) => void (await Promise.all(group.map(ask)))),
      { numRuns },
    );
  });
}
