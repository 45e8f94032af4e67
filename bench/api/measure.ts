import { median } from "../statistics/statistics.ts";
import { type Address, Client, types } from "./client.ts";
import { collectionOf, nameOf, namespaces, routeText } from "./route.ts";
import type { Subject } from "./subject.ts";
import { Watcher } from "./watch.ts";

/** Objects created before anything counts: compiles the path, in a namespace of its own. */
const warmUp = 1_000;
/** Calls of each kind besides creates. */
const calls = 2_000;
/** Repetitions of what reads everything; medians of these. */
const repetitions = 5;
const propagations = 200;

/** A row of many alike requests, one after the other. */
export interface Rate {
  /** CPU milliseconds of the server per request. */
  readonly cpu: number;
  readonly perSecond: number;
}

/** One answer that holds everything. */
export interface Whole {
  readonly milliseconds: number;
  /** CPU milliseconds of the server. */
  readonly cpu: number;
  readonly bytes: number;
}

export interface Figures {
  /** Of the JSON that is sent. */
  readonly bytesPerObject: number;
  readonly create: Rate;
  readonly get: Rate;
  readonly mergePatch: Rate;
  readonly apply: Rate;
  /** KiB per object that the creates have added. */
  readonly live?: number;
  readonly resident: number;
  readonly list: Whole;
  /** Of `@kubernetes/client-node`, until the last object has come; with the client's own work. */
  readonly watch: Omit<Whole, "bytes">;
  /** Medians, milliseconds until a watch sees a write: since it was sent, and since it was answered. */
  readonly propagation: { readonly sent: number; readonly answered: number };
}

export async function measure(subject: Subject, objects: number): Promise<Figures> {
  const client = new Client(subject.address);
  try {
    for (const name of Object.values(namespaces)) {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      await client.call("POST", "/api/v1/namespaces", JSON.stringify(namespace));
    }
    const create = (namespace: string) => (i: number) =>
      client.call("POST", collectionOf(namespace), routeText(namespace, i));
    await rate(subject, warmUp, create(namespaces.warmUp));
    const before = await subject.memory();
    const created = await rate(subject, objects, create(namespaces.measured));
    const after = await subject.memory();
    const perObject = (from: number, to: number) => (to - from) / 1024 / objects;
    const collection = collectionOf(namespaces.measured);
    const path = (i: number) => `${collection}/${nameOf(i % objects)}`;
    return {
      bytesPerObject: Buffer.byteLength(routeText(namespaces.measured, 1)),
      create: created,
      ...(before.live !== undefined &&
        after.live !== undefined && { live: perObject(before.live, after.live) }),
      resident: perObject(before.resident, after.resident),
      list: await list(subject, client, collection, objects),
      watch: await watchAll(subject, collection, objects),
      get: await rate(subject, calls, (i) => client.call("GET", path(i))),
      mergePatch: await rate(subject, calls, (i) => client.call("PATCH", path(i), patchText(i), types.merge)),
      apply: await rate(subject, calls, (i) => {
        // The first of two at an object adds a manager, the second changes a value.
        const text = routeText(namespaces.measured, (i >> 1) % objects, i % 100);
        return client.call("PATCH", `${path(i >> 1)}?fieldManager=applier&force=true`, text, types.apply);
      }),
      propagation: await propagate(subject.address, client, collection, path),
    };
  } finally {
    client.close();
  }
}

async function rate(subject: Subject, count: number, call: (i: number) => Promise<unknown>): Promise<Rate> {
  const cpu = subject.cpu();
  const began = performance.now();
  for (let i = 0; i < count; i++) await call(i);
  const milliseconds = performance.now() - began;
  return { cpu: (subject.cpu() - cpu) / 1e6 / count, perSecond: (count / milliseconds) * 1000 };
}

function patchText(i: number): string {
  return JSON.stringify({ metadata: { annotations: { "example.com/review": `2026-12-${i}` } } });
}

async function list(subject: Subject, client: Client, path: string, objects: number): Promise<Whole> {
  const samples: Whole[] = [];
  let last = Buffer.alloc(0);
  for (let i = 0; i < repetitions; i++) {
    const cpu = subject.cpu();
    const began = performance.now();
    last = (await client.call("GET", path)) as Buffer<ArrayBuffer>;
    const milliseconds = performance.now() - began;
    samples.push({ milliseconds, cpu: (subject.cpu() - cpu) / 1e6, bytes: last.length });
  }
  const { items } = JSON.parse(last.toString()) as { readonly items: readonly unknown[] };
  if (items.length !== objects) throw new Error(`the list holds ${items.length} objects, not ${objects}`);
  return { ...medians(samples), bytes: last.length };
}

async function watchAll(subject: Subject, path: string, objects: number): Promise<Omit<Whole, "bytes">> {
  const samples: Omit<Whole, "bytes">[] = [];
  for (let i = 0; i < repetitions; i++) {
    const cpu = subject.cpu();
    const began = performance.now();
    const watcher = new Watcher();
    await watcher.start(subject.address, path);
    await watcher.isSynced;
    samples.push({ milliseconds: performance.now() - began, cpu: (subject.cpu() - cpu) / 1e6 });
    watcher.stop();
    if (watcher.initial !== objects) throw new Error(`the watch began with ${watcher.initial} objects`);
  }
  return medians(samples);
}

function medians(samples: readonly Omit<Whole, "bytes">[]): Omit<Whole, "bytes"> {
  return {
    milliseconds: median(samples.map(({ milliseconds }) => milliseconds)),
    cpu: median(samples.map(({ cpu }) => cpu)),
  };
}

async function propagate(
  address: Address,
  client: Client,
  collection: string,
  path: (i: number) => string,
): Promise<Figures["propagation"]> {
  const watcher = new Watcher();
  await watcher.start(address, collection);
  await watcher.isSynced;
  const sent: number[] = [];
  const answered: number[] = [];
  for (let i = 0; i < propagations; i++) {
    const began = performance.now();
    const body = await client.call("PATCH", path(i), patchText(i + calls), types.merge);
    const end = performance.now();
    const { metadata } = JSON.parse(body.toString()) as { metadata: { resourceVersion: string } };
    const seen = await watcher.whenSeen(metadata.resourceVersion);
    sent.push(seen - began);
    answered.push(seen - end);
  }
  watcher.stop();
  return { sent: median(sent), answered: median(answered) };
}
