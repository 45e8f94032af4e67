import { BodyReader } from "../../src/wire/http1/body.ts";
import { Framing } from "../../src/wire/http1/framing.ts";
import { HeadReader } from "../../src/wire/http1/head-reader.ts";
import { Head } from "../../src/wire/http1/head.ts";
import { Target } from "../../src/wire/http1/target.ts";

/** A whole message as two parsers can be compared by it. */
export interface Seen {
  /** Method and target, or the status. */
  readonly start: string;
  /** Name and value by turns, in the order of the message. */
  readonly fields: readonly string[];
  /** Latin1. */
  readonly body: string;
}

/** All whole messages at the start of the bytes, as our codec reads them, up to the first that it refuses. */
export function readRequests(bytes: Buffer): readonly Seen[] {
  const head = new Head();
  const framing = new Framing();
  const target = new Target();
  const seen: Seen[] = [];
  let at = 0;
  while (at < bytes.length) {
    const reader = new HeadReader();
    if (reader.read(bytes, at, bytes.length) !== undefined || !reader.complete) break;
    if (head.parseRequest(reader.text, reader.length, reader.bytes, reader.start) !== undefined) break;
    if ((framing.request(head) ?? target.read(head)) !== undefined) break;
    const start = `${head.method} ${head.text.slice(head.targetStart, head.targetEnd)}`;
    const body = readBody(bytes, reader.consumed, framing.body);
    if (body === undefined || !body.done) break;
    seen.push({ start, fields: fieldsOf(head), body: body.text });
    if (!framing.persistent) break;
    at = body.end;
  }
  return seen;
}

/** The answer to a GET, as our codec reads it from a connection that ends after the bytes; undefined when it is refused or not whole. */
export function readResponse(bytes: Buffer): Seen | undefined {
  const head = new Head();
  const framing = new Framing();
  let at = 0;
  for (;;) {
    const reader = new HeadReader();
    if (reader.read(bytes, at, bytes.length) !== undefined || !reader.complete) return undefined;
    if (head.parseResponse(reader.text, reader.length, reader.bytes, reader.start) !== undefined)
      return undefined;
    at = reader.consumed;
    if (head.status === 101) return undefined;
    if (head.status >= 200) break;
  }
  if (framing.response(head, "GET") !== undefined) return undefined;
  const body = readBody(bytes, at, framing.body);
  if (body === undefined || (!body.done && !body.endsWithConnection)) return undefined;
  return { start: String(head.status), fields: fieldsOf(head), body: body.text };
}

function fieldsOf(head: Head): readonly string[] {
  return Array.from({ length: head.fieldCount }, (_, i) => [head.name(i), head.value(i)]).flat();
}

function readBody(
  bytes: Buffer,
  start: number,
  kind: number,
): { text: string; done: boolean; endsWithConnection: boolean; end: number } | undefined {
  const reader = new BodyReader();
  let text = "";
  reader.start(kind, "plain");
  const fault = reader.read(bytes, start, bytes.length, {
    onChunk: (buffer, from, to) => {
      text += Buffer.from(buffer.subarray(from, to)).toString("latin1");
    },
  });
  if (fault !== undefined) return undefined;
  return { text, done: reader.done, endsWithConnection: reader.endsWithConnection, end: reader.consumed };
}
