import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { relayIdleTimeout } from "../../src/proxy/limits.ts";
import { backlogTo } from "./kit/backlog.ts";
import { piece } from "./kit/byte-stream.ts";
import { Clock } from "./kit/clock.ts";
import { type End, type Relayed, relays } from "./kit/relay-ends.ts";
import { allTaken, heldFor } from "./kit/unacknowledged.ts";

/** A few turns: what the kernel says has been heard. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
}

/** Bytes that Node keeps of what it has read before it stops reading; a reset makes it drop them. */
const most = 256 * 1024;

/** Sends until it is enough to an end that reads nothing. Returns how many bytes. */
async function fill(from: End, to: End, enough: (sent: number) => boolean): Promise<number> {
  to.peer.socket.pause();
  let sent = 0;
  const send = async (size: number): Promise<void> => {
    await new Promise((resolve) => from.peer.socket.write(piece(0, sent, size), resolve));
    sent += size;
    await turns();
  };
  while (!enough(sent)) await send(16 * 1024);
  return sent;
}

/** Sends so much that the proxy has to keep some, and then some more, which it leaves unread. */
function flood(from: End, to: End): Promise<number> {
  let more = 6;
  return fill(from, to, () => backlogTo({ socket: to.tcp }) > 0 && --more < 0);
}

/** Everything is there, in order, and then the connection is reset. */
async function arrives({ peer }: End, sent: number): Promise<void> {
  const before = peer.rest.length;
  peer.socket.resume();
  await peer.until(() => peer.rest.length >= sent, `${sent} bytes, after ${before}`);
  assert.ok((await peer.take(sent)).equals(piece(0, 0, sent)));
  assert.equal(await peer.ended(), "reset");
  assert.equal(peer.rest.length, 0);
}

const directions = [
  ["a backend", ({ upstream, client }: Relayed) => [upstream, client] as const],
  ["a client", ({ upstream, client }: Relayed) => [client, upstream] as const],
] as const;

/** Resolves when it has been looked, after now, at what the kernel holds for those that are to be reset. */
async function looked(t: TestContext): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const { client, upstream } = await relays[0]![1](t);
    upstream.peer.send("x");
    await client.peer.take(1);
    upstream.tcp.resetAndDestroy();
    await client.peer.ended();
  }
}

for (const [kind, open] of relays) {
  for (const [who, choose] of directions) {
    test(`${kind}: what ${who} has said before it resets reaches a peer that reads late, then the reset does`, async (t) => {
      const [from, to] = choose(await open(t));
      const sent = await fill(from, to, (bytes) => bytes > most && heldFor(to.tcp) > 0);
      await allTaken(from.tcp);
      assert.equal(backlogTo({ socket: to.tcp }), 0);
      from.tcp.resetAndDestroy();
      await looked(t);
      await arrives(to, sent);
    });

    test(`${kind}: so does what had to wait in the proxy for the peer of ${who}`, async (t) => {
      const [from, to] = choose(await open(t));
      const sent = await flood(from, to);
      await allTaken(from.tcp);
      from.tcp.resetAndDestroy();
      await turns();
      await arrives(to, sent);
    });

    test(`${kind}: so does what was not read yet when writing to ${who} fails`, async (t) => {
      const [from, to] = choose(await open(t));
      await flood(to, from);
      const sent = await flood(from, to);
      await allTaken(from.tcp);
      from.tcp.resetAndDestroy();
      await turns();
      await arrives(to, sent);
    });
  }
}

for (const [kind, open] of relays) {
  test(`${kind}: nobody waits for a client that is gone too`, async (t) => {
    const { scene, client, upstream } = await open(t);
    await flood(upstream, client);
    await allTaken(upstream.tcp);
    upstream.tcp.resetAndDestroy();
    await turns();
    client.tcp.resetAndDestroy();
    assert.equal(await scene.proxy.drain(60_000), 0);
  });

  test(`${kind}: a peer that takes nothing of what a reset has left behind is waited for so long as for one that is idle`, async (t) => {
    const clock = new Clock(t);
    const { scene, client, upstream } = await open(t);
    await flood(client, upstream);
    await flood(upstream, client);
    await allTaken(upstream.tcp);
    upstream.tcp.resetAndDestroy();
    await turns();
    for (let i = 0; i < 2; i++) await clock.skip(relayIdleTimeout + 1000);
    await turns();
    assert.equal(await scene.proxy.drain(0), 0);
  });

  test(`${kind}: a drain waits for what a reset has left behind, and its deadline cuts it`, async (t) => {
    const { scene, client, upstream } = await open(t);
    await flood(upstream, client);
    await allTaken(upstream.tcp);
    upstream.tcp.resetAndDestroy();
    await turns();
    assert.equal(await scene.proxy.drain(0), 1);
    client.peer.socket.resume();
    assert.equal(await client.peer.ended(), "reset");
  });
}
