import { createHash } from "node:crypto";
import { type Fault, faults } from "../../../wire/http1/fault.ts";
import type { Head } from "../../../wire/http1/head.ts";

/** What opens a WebSocket over HTTP/1.1: "a base64-encoded value that, when decoded, is 16 bytes in length" (RFC 6455 section 4.2.1); "" if it is none. */
export function webSocketKey(head: Head): string {
  const key = head.get("sec-websocket-key") ?? "";
  return /^[A-Za-z\d+/]{21}[AQgw]==$/.test(key) ? key : "";
}

/** The value of Sec-WebSocket-Accept that proves that the key was read (RFC 6455 section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** What is wrong with a request for a WebSocket that a backend on HTTP/2 gets, where it is we who prove that the key was read. */
export function keyFault(
  takes: "framed" | "plain",
  upgrade: string | undefined,
  key: string,
): Fault | undefined {
  return takes === "plain" && upgrade !== undefined && key === "" ? faults.webSocketKey : undefined;
}
