import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { endClient } from "./client-error.ts";

const REQUEST = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

/** A server that waits 50 ms for a head and so long for unused connections; and a connection to it. */
async function open(
  context: TestContext,
  unused: number,
): Promise<{ socket: Socket; tooSlow: Promise<unknown> }> {
  const limits = { headersTimeout: 50, requestTimeout: 5000, connectionsCheckingInterval: 10 };
  const server = createServer(limits, (_, response) => response.end("served"));
  server.on("clientError", (error, socket) => endClient(error, socket, unused));
  const tooSlow = once(server, "clientError");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  context.after(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  await once(socket, "connect");
  return { socket: socket.setEncoding("utf8"), tooSlow };
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk as string;
  return text;
}

test("a connection that was opened for later serves its first request after the limit for heads", async (context) => {
  const { socket, tooSlow } = await open(context, 60_000);
  await tooSlow;
  socket.write(REQUEST);
  const [text] = (await once(socket, "data")) as [string];
  assert.match(text, /^HTTP\/1.1 200 /);
});

test("a connection that is never used ends without a word", async (context) => {
  const { socket } = await open(context, 20);
  assert.equal(await readAll(socket), "");
});

for (const { what, sent, answer } of [
  { what: "half a head", sent: REQUEST.slice(0, 20), answer: /^HTTP\/1.1 408 / },
  { what: "no HTTP at all", sent: "hello\r\n\r\n", answer: /^HTTP\/1.1 400 / },
  { what: "an endless head", sent: `GET / HTTP/1.1\r\na: ${"x".repeat(100_000)}`, answer: /^HTTP\/1.1 431 / },
]) {
  test(`${what} gets ${answer.source.slice(-4, -1)} and the connection ends`, async (context) => {
    const { socket } = await open(context, 60_000);
    socket.on("error", () => {});
    socket.write(sent);
    assert.match(await readAll(socket), answer);
  });
}
