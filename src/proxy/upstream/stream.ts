import type { Framing } from "../../wire/http1/framing.ts";
import type { Head } from "../../wire/http1/head.ts";
import type { Transport } from "../transport/transport.ts";
import type { Endpoint } from "./endpoint.ts";
import type { UpstreamFailure } from "./failure.ts";

/**
 * One request on its way to an endpoint and its answer, whatever protocol carries them. A body is given and handed over as it
 * stands on the wire of HTTP/1.1 (`framed`), or as the data alone (`plain`).
 */
export interface UpstreamStream {
  readonly endpoint: Endpoint;
  /** How the request is to be given. */
  readonly takes: "framed" | "plain";
  /** Whether the connection had carried something before: it may have been closed in the meantime. */
  readonly reused: boolean;
  /** Whether more of the body can be sent now; `onUpstreamDrain` or `onUpstreamConnect` say when that changes. */
  readonly flows: boolean;
  /**
   * Sends a head with as much of the body as is there, in `text` after the head and then in `bytes`. Where bodies are framed the head is
   * in the form of HTTP/1.1, where they are plain it is a header block without `:scheme`. `complete`: that is all of it. With the method
   * CONNECT the block asks for a WebSocket, and the tunnel stays open: over HTTP/2 only (RFC 8441).
   */
  send(head: string, text: string, bytes: Buffer | undefined, method: string, complete: boolean): void;
  /** A later part of the body; `from` lends the bytes. */
  sendBytes(buffer: Buffer, start: number, end: number, from: Transport): void;
  sendText(text: string): void;
  /** Bytes that are nobody else's. */
  sendOwned(bytes: Buffer): void;
  /** The body is over. `trailers` are lines; a framed body has them already. */
  sendEnd(trailers: string): void;
  /** How the body of the answer is handed over; to be called from `onResponseHead`. Framed unless said. */
  startBody(output: "framed" | "plain"): void;
  /** Hands over no more of the answer until `resume`. */
  pause(): void;
  resume(): void;
  /** Hands the rest of the answer to another receiver; to be called from `onResponseHead`. */
  divert(receiver: ResponseReceiver): void;
  /** After the exchange. `complete`: the request was sent to its end. */
  release(complete: boolean): void;
  /** Gives the exchange up; the receiver hears nothing more. */
  destroy(): void;
}

/** What one exchange hears of the answer. After `onResponseEnd` or `onUpstreamFailure` it hears nothing more. */
export interface ResponseReceiver {
  onUpstreamConnect(): void;
  /** A 1xx answer before the answer; never 101. */
  onInformational(head: Head): void;
  /** The head and how the body is delimited. 101 begins a tunnel: everything after it is body. */
  onResponseHead(head: Head, framing: Framing): void;
  /** A part of the body; `from` lends the bytes. */
  onResponseBytes(buffer: Buffer, start: number, end: number, from: Transport): void;
  /** A part of the body as latin1 text: a small whole one, or what frames the other parts. */
  onResponseText(text: string): void;
  /** Lines of the trailer section of a plain body. */
  onResponseTrailers(lines: string): void;
  onResponseEnd(): void;
  /** All that came in one read was handed over. */
  onResponseTurn(): void;
  onUpstreamDrain(): void;
  onUpstreamFailure(failure: UpstreamFailure): void;
}
