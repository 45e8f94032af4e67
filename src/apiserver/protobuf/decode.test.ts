import assert from "node:assert/strict";
import { test } from "node:test";
import { Message } from "../openapi/protobuf.ts";
import { decodeProtobuf } from "./decode.ts";
import { WireError } from "./reader.ts";

/** An object as Go clients send it. */
function envelope(apiVersion: string, kind: string, raw: Message): Buffer {
  const type = new Message().string(1, apiVersion).string(2, kind);
  return Buffer.concat([Buffer.from("k8s\0"), new Message().message(1, type).message(2, raw).toBuffer()]);
}

const meta = new Message().string(1, "a").message(8, new Message()).message(11, entry("k", "v"));

function entry(key: string, value: string): Message {
  return new Message().string(1, key).string(2, value);
}

test("scalars, maps, lists and bytes; zero values that JSON leaves out are left out", () => {
  const secret = new Message().message(1, meta).message(2, entry("a", "b")).string(3, "Opaque");
  assert.deepEqual(decodeProtobuf(envelope("v1", "Secret", secret)), {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a", labels: { k: "v" } },
    data: { a: "Yg==" },
    type: "Opaque",
  });
});

test("pointers keep their zero; int-or-string, times and inline messages have their JSON form", () => {
  const zero = Buffer.from([0x08, 0x00]);
  const wrapped = Buffer.concat([
    Buffer.from("k8s\0"),
    new Message().message(1, new Message().string(1, "apps/v1").string(2, "Deployment")).toBuffer(),
    Buffer.from([0x12, 4, 0x12, zero.length]),
    zero,
  ]);
  assert.deepEqual(decodeProtobuf(wrapped), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: { replicas: 0 },
  });

  const port = new Message().integer(3, 80).message(4, new Message().integer(1, 1).string(3, "http"));
  const service = new Message().message(2, new Message().message(1, port));
  assert.deepEqual(decodeProtobuf(envelope("v1", "Service", service))?.["spec"], {
    ports: [{ port: 80, targetPort: "http" }],
  });

  const times = new Message().message(1, new Message().message(8, new Message().integer(1, 1_700_000_000)));
  assert.deepEqual(decodeProtobuf(envelope("v1", "Pod", times))?.["metadata"], {
    creationTimestamp: "2023-11-14T22:13:20Z",
  });

  const volume = new Message().string(1, "v").message(2, new Message().message(2, new Message()));
  const pod = new Message().message(2, new Message().message(1, volume));
  assert.deepEqual(decodeProtobuf(envelope("v1", "Pod", pod))?.["spec"], {
    volumes: [{ name: "v", emptyDir: {} }],
  });
});

test("a name `__proto__` is a key like any other", () => {
  const map = new Message().message(2, entry("__proto__", "x"));
  const data = decodeProtobuf(envelope("v1", "ConfigMap", map))?.["data"] as object;
  assert.deepEqual(Object.entries(data), [["__proto__", "x"]]);
  assert.equal(Object.getPrototypeOf(data), Object.prototype);
});

test("kinds without a protobuf form are not decoded", () => {
  assert.equal(decodeProtobuf(envelope("gateway.networking.k8s.io/v1", "Gateway", new Message())), undefined);
  assert.equal(decodeProtobuf(envelope("constructor", "name", new Message())), undefined);
});

test("negative numbers and lengths that lie", () => {
  const negative = Buffer.from([0x08, ...Array.from({ length: 9 }, () => 0xff), 0x01]);
  const raw = Buffer.concat([Buffer.from([0x12, negative.length]), negative]);
  const body = Buffer.concat([
    Buffer.from("k8s\0"),
    new Message().message(1, new Message().string(1, "apps/v1").string(2, "Deployment")).toBuffer(),
    Buffer.from([0x12, raw.length]),
    raw,
  ]);
  assert.deepEqual(decodeProtobuf(body)?.["spec"], { replicas: -1 });
  for (const bytes of [
    [0x12, 0x7f, 1],
    [0x0a],
    [0x0f],
    [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ]) {
    assert.throws(() => decodeProtobuf(Buffer.from([...Buffer.from("k8s\0"), ...bytes])), WireError);
  }
  assert.throws(() => decodeProtobuf(Buffer.from("{}")), WireError);
});

test("messages within messages end at a depth that the stack bears", () => {
  let schema = new Message().string(5, "object");
  for (let depth = 0; depth < 300; depth++) schema = new Message().message(28, schema);
  const version = new Message().message(4, new Message().message(1, schema));
  const definition = new Message().message(2, new Message().message(7, version));
  const body = envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", definition);
  assert.throws(() => decodeProtobuf(body), /nested deeper/);
});
