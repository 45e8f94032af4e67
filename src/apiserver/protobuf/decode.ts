import type { JsonObject } from "../../resources/json.ts";
import { put } from "../../resources/schema/put.ts";
import { fieldsOf, rootOf, type Field } from "./message-type.ts";
import { Reader, WireError, type WireValue } from "./reader.ts";
import { scalarOf } from "./scalar.ts";

/** Begins every object that is sent as protobuf. */
const MAGIC = Buffer.from("k8s\0", "latin1");
/** Messages within messages; JSON schemas go deepest. */
const MAX_DEPTH = 200;
const text = new TextDecoder("utf-8", { fatal: true });

/**
 * The object in a body of type `application/vnd.kubernetes.protobuf`, in the JSON form that Go clients would have sent
 * of it. Throws a WireError when it is none, and undefined comes back for a kind that has no protobuf form.
 */
export function decodeProtobuf(body: Buffer): JsonObject | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new WireError("the body does not begin as such");
  const { apiVersion, kind, raw } = readEnvelope(body.subarray(MAGIC.length));
  const root = rootOf(apiVersion, kind);
  return root === undefined ? undefined : { apiVersion, kind, ...decodeMessage(root, raw, 0) };
}

/** `runtime.Unknown`: the type of an object, and its bytes. */
function readEnvelope(bytes: Uint8Array) {
  let type: Uint8Array | undefined;
  let raw: Uint8Array = new Uint8Array();
  for (const reader = new Reader(bytes); !reader.isAtEnd;) {
    const { number, value } = reader.next();
    if (number === 1) type = requireBytes(value);
    else if (number === 2) raw = requireBytes(value);
  }
  const names: Record<number, string> = {};
  for (const reader = new Reader(type ?? new Uint8Array()); !reader.isAtEnd;) {
    const { number, value } = reader.next();
    names[number] = text.decode(requireBytes(value));
  }
  return { apiVersion: names[1] ?? "", kind: names[2] ?? "", raw };
}

function decodeMessage(name: string, bytes: Uint8Array, depth: number): JsonObject {
  if (depth > MAX_DEPTH) throw new WireError(`messages are nested deeper than ${MAX_DEPTH} levels`);
  const fields = fieldsOf(name);
  const target: Record<string, unknown> = {};
  for (const reader = new Reader(bytes); !reader.isAtEnd;) {
    const { number, value } = reader.next();
    const field = fields.get(number);
    if (field !== undefined) add(target, field, value, depth);
  }
  return target;
}

function add(target: Record<string, unknown>, field: Field, value: WireValue, depth: number): void {
  switch (field.shape) {
    case "list": {
      const list = (target[field.name] ??= []) as unknown[];
      list.push(valueOf(field.type, value, depth));
      return;
    }
    case "map": {
      const map = (target[field.name] ??= {}) as Record<string, unknown>;
      addEntry(map, field.type, requireBytes(value), depth);
      return;
    }
    case "inline":
      Object.assign(target, valueOf(field.type, value, depth));
      return;
    default: {
      const found = valueOf(field.type, value, depth);
      if (found !== undefined && (field.isKept || !isEmpty(found))) target[field.name] = found;
    }
  }
}

function addEntry(map: Record<string, unknown>, type: string, bytes: Uint8Array, depth: number): void {
  let key = "";
  let found: unknown = type === "string" ? "" : undefined;
  for (const reader = new Reader(bytes); !reader.isAtEnd;) {
    const { number, value } = reader.next();
    if (number === 1) key = text.decode(requireBytes(value));
    else if (number === 2) found = valueOf(type, value, depth);
  }
  put(map, key, found ?? {});
}

/** Undefined stands for what JSON leaves out, such as a time that was not set. */
function valueOf(type: string, value: WireValue, depth: number): unknown {
  switch (type) {
    case "string":
      return text.decode(requireBytes(value));
    case "bytes":
      return Buffer.from(requireBytes(value)).toString("base64");
    case "bool":
      return value !== 0;
    case "int":
    case "double":
      if (typeof value !== "number") throw new WireError("bytes where a number belongs");
      return value;
    default: {
      const bytes = requireBytes(value);
      const message = (name: string, inner: Uint8Array) => decodeMessage(name, inner, depth + 1);
      const own = scalarOf(type, bytes, message);
      return own === undefined ? message(type, bytes) : own.value;
    }
  }
}

function requireBytes(value: WireValue): Uint8Array {
  if (typeof value === "number") throw new WireError("a number where bytes belong");
  return value;
}

/** What Go leaves out of JSON. */
function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false;
}
