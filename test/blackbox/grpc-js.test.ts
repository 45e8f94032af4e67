// The proxy between a client and a server of @grpc/grpc-js: what gRPC itself makes of what passes through.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  status,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type ServiceError,
} from "@grpc/grpc-js";
import { certificate, makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { backend, listener, route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

const same = (bytes: Buffer): Buffer => bytes;

function method(
  name: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/test.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

const service = {
  unary: method("Unary", false, false),
  collect: method("Collect", true, false),
  spread: method("Spread", false, true),
  chat: method("Chat", true, true),
  fail: method("Fail", false, false),
  never: method("Never", false, false),
};

/** Says everything back; metadata and trailers too. */
async function startServer(
  t: TestContext,
): Promise<{ host: string; port: number; cancelled: Promise<void> }> {
  const server = new Server();
  const gone = Promise.withResolvers<void>();
  server.addService(service, {
    unary(call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) {
      const head = new Metadata();
      head.set("x-head", String(call.metadata.get("x-asked")[0]));
      call.sendMetadata(head);
      const trailers = new Metadata();
      trailers.set("x-trailer-bin", Buffer.from([0, 1, 255]));
      reply(null, call.request, trailers);
    },
    collect(call: ServerReadableStream<Buffer, Buffer>, reply: sendUnaryData<Buffer>) {
      const parts: Buffer[] = [];
      call.on("data", (part: Buffer) => parts.push(part));
      call.on("end", () => reply(null, Buffer.concat(parts)));
    },
    spread(call: ServerWritableStream<Buffer, Buffer>) {
      for (const byte of call.request) call.write(Buffer.alloc(byte * 1000, byte));
      call.end();
    },
    chat(call: ServerDuplexStream<Buffer, Buffer>) {
      call.on("data", (part: Buffer) => call.write(part));
      call.on("end", () => call.end());
    },
    fail(_: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) {
      const metadata = new Metadata();
      metadata.set("x-why", "because");
      reply({ code: status.FAILED_PRECONDITION, details: "ünlucky 100%", metadata });
    },
    never(call: ServerUnaryCall<Buffer, Buffer>) {
      call.on("cancelled", () => gone.resolve());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  t.after(() => server.forceShutdown());
  return { host: "127.0.0.1", port, cancelled: gone.promise };
}

const authority = makeAuthority();
const pair = makeLeaf(authority, { names: ["grpc.example.com"] });

/** A client whose calls go through the proxy, over TLS or not. */
async function open(t: TestContext, secure: boolean) {
  const server = await startServer(t);
  const scene = await Scene.with(t, {
    routes: [
      route([
        rule("/test.Echo", "main"),
        rule("/test.Nobody", "empty"),
        { ...rule("/test.Invalid", "main"), destinations: [{ weight: 1, filters: [] }] },
      ]),
    ],
    backends: [
      { ...backend("main", server), protocol: "HTTP2" },
      { ...backend("empty"), protocol: "HTTP2" },
    ],
  });
  if (secure) {
    const tls = { certificates: ["c"] };
    await scene.edit({
      certificates: [certificate("c", pair)],
      listeners: [{ ...listener(scene.address, scene.port), protocol: "HTTPS", tls }],
    });
  }
  const client = new Client(
    `${scene.address}:${scene.port}`,
    secure ? credentials.createSsl(Buffer.from(authority.certificate)) : credentials.createInsecure(),
    secure ? { "grpc.ssl_target_name_override": "grpc.example.com" } : {},
  );
  t.after(() => client.close());
  return { client, server, scene };
}

function unary(
  client: Client,
  path: string,
  message: Buffer,
  options: { deadline?: number } = {},
): Promise<{ message: Buffer; head: Metadata; trailers: Metadata }> {
  return new Promise((resolve, reject) => {
    const metadata = new Metadata();
    metadata.set("x-asked", "for");
    let head = new Metadata();
    let answer = Buffer.alloc(0);
    const call = client.makeUnaryRequest(path, same, same, message, metadata, options, (error, value) => {
      if (error !== null) reject(error);
      else answer = Buffer.from(value!);
    });
    call.on("metadata", (received: Metadata) => (head = received));
    call.on("status", ({ code, metadata: trailers }) => {
      if (code === status.OK) resolve({ message: answer, head, trailers });
    });
  });
}

/** Resolves to the error of a call that fails. */
async function failure(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    () => assert.fail("the call succeeded"),
    (error: ServiceError) => error,
  );
}

for (const secure of [false, true]) {
  const over = secure ? "TLS" : "h2c";

  test(`${over}: a unary call with metadata and trailers, small and large`, async (t) => {
    const { client } = await open(t, secure);
    for (const size of [0, 1, 20_000, 1_000_000]) {
      const sent = Buffer.alloc(size, "x");
      const { message, head, trailers } = await unary(client, service.unary.path, sent);
      assert.ok(message.equals(sent), String(size));
      assert.deepEqual(head.get("x-head"), ["for"]);
      assert.deepEqual(trailers.get("x-trailer-bin"), [Buffer.from([0, 1, 255])]);
    }
  });

  test(`${over}: streams in either direction and in both`, async (t) => {
    const { client } = await open(t, secure);
    const collected = await new Promise<Buffer>((resolve, reject) => {
      const call = client.makeClientStreamRequest(service.collect.path, same, same, (error, value) =>
        error === null ? resolve(value!) : reject(error),
      );
      for (let part = 0; part < 50; part++) call.write(Buffer.alloc(part * 100, part));
      call.end();
    });
    assert.equal(collected.length, (100 * 49 * 50) / 2);
    const spread = client.makeServerStreamRequest(service.spread.path, same, same, Buffer.from([1, 200, 3]));
    const sizes: number[] = [];
    for await (const part of spread) sizes.push((part as Buffer).length);
    assert.deepEqual(sizes, [1000, 200_000, 3000]);
    const chat = client.makeBidiStreamRequest(service.chat.path, same, same);
    const answers = chat[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (let round = 0; round < 5; round++) {
      // The next message only after the answer to the last: nothing waits for the end of the stream.
      chat.write(Buffer.from(`message ${round}`));
      assert.equal(String((await answers.next()).value), `message ${round}`);
    }
    chat.end();
    assert.equal((await answers.next()).done, true);
  });
}

test("a server's own failure arrives as it was said", async (t) => {
  const { client } = await open(t, false);
  const error = await failure(unary(client, service.fail.path, Buffer.alloc(1)));
  assert.equal(error.code, status.FAILED_PRECONDITION);
  assert.equal(error.details, "ünlucky 100%");
  assert.deepEqual(error.metadata.get("x-why"), ["because"]);
});

test("what the proxy itself has to say is a status of gRPC", async (t) => {
  const { client } = await open(t, false);
  const codes: Record<string, number> = {};
  for (const path of ["/test.Other/Call", "/test.Nobody/Call", "/test.Invalid/Call"])
    codes[path] = (await failure(unary(client, path, Buffer.alloc(1)))).code;
  assert.deepEqual(codes, {
    "/test.Other/Call": status.UNIMPLEMENTED,
    "/test.Nobody/Call": status.UNAVAILABLE,
    "/test.Invalid/Call": status.UNAVAILABLE,
  });
});

test("a deadline ends the call at the client, and at the server", async (t) => {
  const { client, server } = await open(t, false);
  const error = await failure(
    unary(client, service.never.path, Buffer.alloc(1), { deadline: Date.now() + 200 }),
  );
  assert.equal(error.code, status.DEADLINE_EXCEEDED);
  await server.cancelled;
});
