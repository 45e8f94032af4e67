import { Timer } from "../../std/timer-wheel.ts";
import type { Framing } from "../../wire/http1/framing.ts";
import type { Head } from "../../wire/http1/head.ts";
import { maxConnectAttempts } from "../limits.ts";
import { fineTimers } from "../timers.ts";
import type { Transport } from "../transport/transport.ts";
import type { BackendEndpoints } from "../upstream/backends.ts";
import type { ResponseReceiver, UpstreamConnection } from "../upstream/connection.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { UpstreamFailure } from "../upstream/failure.ts";

/** The client's side of an exchange. */
export interface Downstream {
  /** An answer of the proxy's own; nothing of another answer was sent. */
  answer(status: number): void;
  /** The answer that was begun cannot be finished. */
  cut(): void;
  informational(head: Head): void;
  responseHead(head: Head, framing: Framing): void;
  responseBytes(buffer: Buffer, start: number, end: number): void;
  responseText(text: string): void;
  responseEnd(): void;
  responseTurn(): void;
  /** The upstream takes more of the request's body. */
  requestMayFlow(): void;
}

/** "Request methods are considered idempotent if ..." (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/**
 * One request on its way to a backend and its answer on the way back: the attempts, the timeouts and what becomes of
 * failures. Knows nothing of how either side writes HTTP on its wire. A connection uses one exchange again and again.
 */
export class Exchange implements ResponseReceiver {
  private readonly downstream: Downstream;
  private readonly requestTimer = new Timer(this);
  private readonly attemptTimer = new Timer(this);

  active = false;
  /** The head of the answer is on its way to the client: from here on nothing can be taken back. */
  answering = false;
  /** The client has sent its whole request. */
  requestComplete = false;
  upstream: UpstreamConnection | undefined;

  private backend: BackendEndpoints | undefined;
  private method = "";
  /** The request as it is sent, as long as it can be sent again from its start. */
  private text = "";
  private bytes: Buffer | undefined;
  private sentMore = false;
  private attempts = 0;
  private attemptTimeout = 0;

  constructor(downstream: Downstream) {
    this.downstream = downstream;
  }

  /** Begins with the timeouts of the rule, milliseconds or 0 for none; `send` follows in the same turn. */
  begin(method: string, requestTimeout: number, attemptTimeout: number): void {
    this.active = true;
    this.answering = false;
    this.requestComplete = false;
    this.sentMore = false;
    this.attempts = 0;
    this.method = method;
    this.attemptTimeout = attemptTimeout;
    if (requestTimeout > 0) fineTimers.arm(this.requestTimer, requestTimeout);
  }

  /** Sends the request, with as much of the body as came with its head, to an endpoint of the backend. */
  send(backend: BackendEndpoints, text: string, bytes: Buffer | undefined): void {
    this.backend = backend;
    this.text = text;
    this.bytes = bytes;
    const endpoint = backend.pick();
    if (endpoint === undefined) this.answer(503);
    else this.attempt(endpoint, false);
  }

  /** A later part of the request's body. */
  sendBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    if (this.upstream === undefined) return;
    this.sentMore = true;
    this.bytes = undefined;
    this.upstream.transport.writeBytes(buffer, start, end, from);
  }

  /** Whether the client should be read on for the sake of its request's body. */
  get requestFlows(): boolean {
    const upstream = this.upstream;
    return upstream !== undefined && upstream.connected && !upstream.transport.congested;
  }

  /** The client is gone, or must go: nobody waits for the answer any more. */
  abort(): void {
    if (!this.active) return;
    const upstream = this.upstream;
    this.close();
    upstream?.destroy();
  }

  /** Ends the exchange and gives its connection to the caller: the answer was 101. */
  detach(): Transport {
    const upstream = this.upstream!;
    this.close();
    return upstream.abandon();
  }

  onUpstreamConnect(): void {
    this.downstream.requestMayFlow();
  }

  onUpstreamDrain(): void {
    this.downstream.requestMayFlow();
  }

  onInformational(head: Head): void {
    this.downstream.informational(head);
  }

  onResponseHead(head: Head, framing: Framing): void {
    this.answering = true;
    // Both timeouts end where the answer begins: a stream lasts as long as it lasts.
    this.attemptTimer.disarm();
    this.requestTimer.disarm();
    this.downstream.responseHead(head, framing);
  }

  onResponseBytes(buffer: Buffer, start: number, end: number): void {
    this.downstream.responseBytes(buffer, start, end);
  }

  onResponseText(text: string): void {
    this.downstream.responseText(text);
  }

  onResponseEnd(): void {
    const upstream = this.upstream;
    const complete = this.requestComplete;
    this.close();
    upstream?.release(complete);
    this.downstream.responseEnd();
  }

  onResponseTurn(): void {
    this.downstream.responseTurn();
  }

  onUpstreamFailure(failure: UpstreamFailure): void {
    const upstream = this.upstream;
    this.upstream = undefined;
    this.attemptTimer.disarm();
    if (this.answering) {
      this.close();
      this.downstream.cut();
      return;
    }
    const endpoint = this.nextEndpoint(failure, upstream);
    if (endpoint !== undefined) this.attempt(endpoint, true);
    else this.answer(failure.code === "connect-timeout" ? 504 : 502);
  }

  onTimer(): void {
    this.upstream?.destroy();
    this.upstream = undefined;
    this.answer(504);
  }

  private attempt(endpoint: Endpoint, fresh: boolean): void {
    this.attempts++;
    this.upstream = fresh ? endpoint.connect(this) : endpoint.acquire(this);
    if (this.attemptTimeout > 0) fineTimers.arm(this.attemptTimer, this.attemptTimeout);
    this.upstream.send(this.text, this.bytes, this.method);
  }

  /** Where the request is sent after a failure, if it may be sent again at all. */
  private nextEndpoint(
    failure: UpstreamFailure,
    upstream: UpstreamConnection | undefined,
  ): Endpoint | undefined {
    if (this.sentMore || upstream === undefined) return undefined;
    if (failure.code === "connect" || failure.code === "connect-timeout") {
      if (this.attempts >= maxConnectAttempts) return undefined;
      const next = this.backend!.pick();
      return next === upstream.endpoint && failure.code === "connect-timeout" ? undefined : next;
    }
    // "a client ... SHOULD NOT automatically retry a request with a non-idempotent method" (RFC 9110 section 9.2.2),
    // and only a connection that had waited in the pool may have been closed before the request reached the other side.
    const dead = (failure.code === "closed" || failure.code === "reset") && upstream.reused;
    return dead && idempotent.has(this.method) ? upstream.endpoint : undefined;
  }

  private answer(status: number): void {
    this.close();
    this.downstream.answer(status);
  }

  private close(): void {
    this.active = false;
    this.upstream = undefined;
    this.text = "";
    this.bytes = undefined;
    this.requestTimer.disarm();
    this.attemptTimer.disarm();
  }
}
