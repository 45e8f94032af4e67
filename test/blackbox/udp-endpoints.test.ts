import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test, type TestContext } from "node:test";
import { Scene } from "./kit/scene.ts";
import { Clock } from "./kit/clock.ts";
import { turns, UdpPeer } from "./kit/udp-peer.ts";
import { startUdp, udpBackend, udpListener, udpRoute, type UdpScene } from "./kit/udp-scene.ts";

const names = ["a", "b", "c", "d"];

/** Each answers with its name. */
async function backends(t: TestContext, count: number): Promise<readonly UdpPeer[]> {
  return Promise.all(names.slice(0, count).map((name) => UdpPeer.echo(t, name)));
}

/** Who answers each of so many flows. */
async function whoAnswers(t: TestContext, at: UdpScene["at"], count: number): Promise<readonly string[]> {
  const answers: string[] = [];
  while (answers.length < count) {
    const clients = await Promise.all(Array.from({ length: 100 }, () => UdpPeer.bind(t)));
    answers.push(...(await Promise.all(clients.map((client) => client.ask("", at)))));
    await Promise.all(clients.map((client) => client.close()));
  }
  return answers;
}

/** Sum of the squared distances from what is expected, each by what is expected. */
function chiSquare(answers: readonly string[], weights: Readonly<Record<string, number>>): number {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  for (const [name, weight] of Object.entries(weights)) {
    const expected = (answers.length * weight) / total;
    sum += (answers.filter((answer) => answer === name).length - expected) ** 2 / expected;
  }
  return sum;
}

test("flows go to destinations by weight and to endpoints evenly", async (t) => {
  const [a, b, c, d] = await backends(t, 4);
  const secret = randomBytes(32);
  t.diagnostic(`secret ${secret.toString("hex")}`);
  const scene = await Scene.with(t, { listeners: [] }, secret);
  await scene.edit({
    listeners: [udpListener(scene)],
    l4Routes: [
      udpRoute([
        { weight: 3, backend: "one" },
        { weight: 0, backend: "none" },
        { weight: 1, backend: "three" },
      ]),
    ],
    backends: [udpBackend("one", a!), udpBackend("none"), udpBackend("three", b!, c!, d!)],
  });
  const answers = await whoAnswers(t, { host: scene.address, port: scene.port }, 4000);
  // Three degrees of freedom: above 27.9 once in 250,000 runs.
  const distance = chiSquare(answers, { a: 9, b: 1, c: 1, d: 1 });
  assert.ok(distance < 27.9, `chi-square ${distance}, secret ${secret.toString("hex")}`);
});

test("a source has the same endpoint in every worker, and after its flow has ended", async (t) => {
  const clock = new Clock(t);
  const endpoints = await backends(t, 4);
  const secret = randomBytes(32);
  const ats: UdpScene["at"][] = [];
  for (let worker = 0; worker < 2; worker++) {
    const scene = await Scene.with(t, { listeners: [] }, secret);
    await scene.edit({
      listeners: [udpListener(scene)],
      l4Routes: [
        udpRoute([
          { weight: 1, backend: "x" },
          { weight: 1, backend: "y" },
        ]),
      ],
      backends: [udpBackend("x", ...endpoints.slice(0, 2)), udpBackend("y", ...endpoints.slice(2))],
    });
    ats.push({ host: scene.address, port: scene.port });
  }
  const clients = await Promise.all(Array.from({ length: 40 }, () => UdpPeer.bind(t)));
  const ask = (at: UdpScene["at"]) => Promise.all(clients.map((client) => client.ask("", at)));
  const first = await ask(ats[0]!);
  assert.ok(new Set(first).size > 1);
  assert.deepEqual(await ask(ats[1]!), first);
  await clock.skip(62_000);
  assert.deepEqual(await ask(ats[0]!), first);
});

test("a flow keeps its endpoint while it is there, whatever comes and goes beside it", async (t) => {
  const [a, b, c] = await backends(t, 3);
  const { scene, at } = await startUdp(t, a!, b!);
  const clients = await Promise.all(Array.from({ length: 60 }, () => UdpPeer.bind(t)));
  const ask = () => Promise.all(clients.map((client) => client.ask("", at)));
  const before = await ask();
  await scene.edit({ backends: [udpBackend("main", a!, b!, c!)] });
  assert.deepEqual(await ask(), before, "new endpoints are for new flows");
  await scene.edit({ backends: [udpBackend("main", c!, a!)] });
  const after = await ask();
  for (const [i, name] of before.entries())
    if (name === "a") assert.equal(after[i], "a", "whose endpoint stays, stays");
    else assert.notEqual(after[i], "b", "whose endpoint is gone has another");
});

test("a flow follows its route, and ends with it", async (t) => {
  const [a, b] = await backends(t, 2);
  const { scene, at } = await startUdp(t, a!);
  const client = await UdpPeer.bind(t);
  assert.equal(await client.ask("", at), "a");
  await scene.edit({
    l4Routes: [udpRoute([{ weight: 1, backend: "other" }])],
    backends: [udpBackend("other", b!)],
  });
  assert.equal(await client.ask("", at), "b");
  await scene.edit({ removedBackends: ["other"] });
  client.send("lost", at);
  await turns(5);
  await scene.edit({ backends: [udpBackend("other", a!)] });
  assert.equal(await client.ask("!", at), "a!");
});

test("a datagram for an endpoint where nobody listens goes to the next one", async (t) => {
  const gone = await Promise.all(Array.from({ length: 5 }, () => UdpPeer.bind(t)));
  const live = await UdpPeer.echo(t, "live");
  const { at } = await startUdp(t, ...gone, live);
  await Promise.all(gone.map((peer) => peer.close()));
  const clients = await Promise.all(Array.from({ length: 50 }, () => UdpPeer.bind(t)));
  for (const client of clients) assert.equal(await client.ask("?", at), "live?");
});

test("a flow whose backend dies moves with the next datagram, and no datagram of a burst is lost twice", async (t) => {
  const [a, b] = await backends(t, 2);
  const { at } = await startUdp(t, a!, b!);
  const clients = await Promise.all(Array.from({ length: 20 }, () => UdpPeer.bind(t)));
  const before = await Promise.all(clients.map((client) => client.ask("", at)));
  await a!.close();
  await Promise.all(
    clients.map(async (client, i) => {
      if (before[i] === "b") return;
      // Two at once, each time: a refusal of the first may meet the second on its way out.
      for (let round = 0; round < 3; round++) {
        client.send(`${round}`, at);
        client.send(`${round}`, at);
        assert.equal(await client.takeText(), `b${round}`);
        if (round > 0) assert.equal(await client.takeText(), `b${round}`);
        else while (client.untaken > 0) await client.take();
      }
    }),
  );
});

test("when no endpoint is there the flow gives up, and begins anew when one is", async (t) => {
  const peers = await Promise.all([UdpPeer.bind(t), UdpPeer.bind(t)]);
  const { at } = await startUdp(t, ...peers);
  await Promise.all(peers.map((peer) => peer.close()));
  const client = await UdpPeer.bind(t);
  client.send("lost", at);
  await turns(10);
  await UdpPeer.echo(t, "back", "127.0.0.1", peers[0].port);
  assert.equal(await client.ask("?", at), "back?");
});

test("endpoints with names are looked up, and those without an address are passed over", async (t) => {
  const backend = await UdpPeer.echo(t, "re:");
  const named = { host: "localhost", port: backend.port };
  const { scene, at } = await startUdp(t, { host: "nowhere.invalid", port: 53 }, named);
  // The name may have an address of the other family first, where nobody listens.
  await UdpPeer.echo(t, "re:", "::1", backend.port).catch(() => undefined);
  const clients = await Promise.all(Array.from({ length: 10 }, () => UdpPeer.bind(t)));
  await Promise.all(
    clients.map(async (client) => {
      for (const text of ["1", "2", "3"]) client.send(text, at);
      for (const text of ["1", "2", "3"]) assert.equal(await client.takeText(), `re:${text}`);
    }),
  );
  await scene.edit({ backends: [udpBackend("main", named)] });
  assert.equal(await clients[0]!.ask("4", at), "re:4");
});

test("a name that leads to what is barred is passed over", async (t) => {
  const hidden = await UdpPeer.bind(t);
  const good = await UdpPeer.echo(t, "re:");
  const { scene, at } = await startUdp(t);
  const named = { host: "localhost", port: hidden.port, barred: "special and loopback" } as const;
  const endpoints = [named, { ...named, host: "127.0.0.1" }, { host: good.host, port: good.port }];
  await scene.edit({ backends: [{ ...udpBackend("main"), endpoints }] });
  const clients = await Promise.all(Array.from({ length: 20 }, () => UdpPeer.bind(t)));
  const answers = await Promise.all(clients.map((client) => client.ask("1", at)));
  assert.deepEqual(new Set(answers), new Set(["re:1"]));
  // What came before this would have been lost to it.
  clients[0]!.send("the first", hidden);
  assert.equal(await hidden.takeText(), "the first");
});
