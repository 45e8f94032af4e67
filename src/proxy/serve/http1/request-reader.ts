import { judgeExpectation } from "../../../wire/http1/expect.ts";
import type { Fault } from "../../../wire/http1/fault.ts";
import { Framing } from "../../../wire/http1/framing.ts";
import { Head } from "../../../wire/http1/head.ts";
import type { HeadReader } from "../../../wire/http1/head-reader.ts";
import { Target } from "../../../wire/http1/target.ts";

/** One of each per worker: a head is parsed, acted upon and forgotten in one turn. */
export const head: Head = new Head();
export const framing: Framing = new Framing();
export const target: Target = new Target();

/** Parses the head that was read on HTTP/1, and judges all that it says of the message. Returns what is wrong with it. */
export function readRequest(reader: HeadReader): Fault | undefined {
  const fault = head.parseRequest(reader.text, reader.length, reader.bytes, reader.start);
  reader.reset();
  return fault ?? framing.request(head) ?? target.read(head) ?? judgeExpectation(head);
}
