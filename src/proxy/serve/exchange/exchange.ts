import { Timer } from "../../../std/timer-wheel.ts";
import type { Framing } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { maxConnectAttempts } from "../../limits.ts";
import { fineTimers } from "../../timers.ts";
import type { Session } from "../../balance/session-persistence.ts";
import type { HeaderEdits } from "../../filter/filter.ts";
import type { Transport } from "../../transport/transport.ts";
import type { BackendEndpoints } from "../../upstream/backends.ts";
import type { UpstreamConnection } from "../../upstream/http1/connection.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";
import { dropAnswer } from "./dropped-answer.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { Replay } from "./replay.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Waiting } from "../guard/waiting.ts";
import type { UpstreamFailure } from "../../upstream/failure.ts";
import type { ResponseReceiver, UpstreamStream } from "../../upstream/stream.ts";

/** The client's side of an exchange. */
export interface Downstream {
  /** What is to be done to the head of the answer. */
  responseEdits: HeaderEdits;
  /** An answer of the proxy's own; nothing of another answer was sent. */
  answer(status: number, detail?: string): void;
  /** The answer that was begun cannot be finished. */
  cut(): void;
  informational(head: Head): void;
  responseHead(head: Head, framing: Framing): void;
  responseBytes(buffer: Buffer, start: number, end: number, from: Transport): void;
  responseText(text: string): void;
  responseTrailers(lines: string): void;
  responseEnd(): void;
  responseTurn(): void;
  /** The upstream takes more of the request's body. */
  requestMayFlow(): void;
}

/** "Request methods are considered idempotent if ..." (RFC 9110 section 9.2.2). CONNECT is the GET that asks for a WebSocket. */
const idempotent: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PUT",
  "DELETE",
  "CONNECT",
]);

const noWebSocket = "The backend speaks HTTP/2 without WebSockets (RFC 8441).";

/**
 * One request on its way to a backend and its answer on the way back: the attempts, the timeouts and what becomes of
 * failures. Knows nothing of how either side writes HTTP on its wire. A connection uses one exchange again and again.
 */
export class Exchange implements ResponseReceiver {
  private readonly downstream: Downstream;
  private readonly requestTimer = new Timer(this);
  /** Of one attempt, or of the pause before the next one. */
  private readonly attemptTimer = new Timer(this);
  private readonly replay = new Replay();

  active = false;
  /** The head of the answer is on its way to the client: from here on nothing can be taken back. */
  answering = false;
  upstream: UpstreamStream | undefined;
  /** Decides whether the request goes on; nothing of it has gone anywhere. */
  waiting: Waiting | undefined;

  private backend: BackendEndpoints | undefined;
  private retry: RetryPolicy | undefined;
  private session: Session | undefined;
  /** Get the rest of the body too. */
  private mirrors: readonly Mirror[] | undefined;
  /** The endpoint that no connection could be made to. */
  private unreached: Endpoint | undefined;
  private method = "";
  private takes: "framed" | "plain" = "framed";
  private attempts = 0;
  private attemptTimeout = 0;
  /** The next attempt follows a pause. */
  private pausing = false;

  constructor(downstream: Downstream) {
    this.downstream = downstream;
  }

  /** The request does not go on before `endWait`; an `abort` ends it. */
  wait(waiting: Waiting): void {
    this.active = true;
    this.answering = false;
    this.waiting = waiting;
  }

  get waits(): boolean {
    return this.waiting !== undefined;
  }

  endWait(): void {
    this.active = false;
    this.waiting = undefined;
  }

  /** Begins with the timeouts of the rule, milliseconds or 0 for none; `send` follows in the same turn. */
  begin(
    method: string,
    requestTimeout: number,
    attemptTimeout: number,
    retry: RetryPolicy | undefined,
    session: Session | undefined,
  ): void {
    this.active = true;
    this.answering = false;
    this.pausing = false;
    this.attempts = 0;
    this.method = method;
    this.retry = retry;
    this.session = session;
    this.unreached = undefined;
    this.attemptTimeout = attemptTimeout;
    if (requestTimeout > 0) fineTimers.arm(this.requestTimer, requestTimeout);
  }

  /**
   * Sends the request to an endpoint of the backend, with as much of the body as came with its head: the way the backend
   * takes bodies, first `text` and then `bytes`. `complete`: that is all of it.
   */
  send(
    backend: BackendEndpoints,
    head: string,
    text: string,
    bytes: Buffer | undefined,
    complete: boolean,
  ): void {
    this.backend = backend;
    this.takes = backend.takes;
    // A backend on HTTP/2 may say of a stream that it has not begun with it, which every restart of one does to some.
    const keeps = this.retry !== undefined || backend.takes === "plain";
    this.replay.start(head, text, bytes, this.method, complete, keeps);
    backend.budget?.noteRequest(performance.now());
    const endpoint = this.session?.endpoint ?? backend.pick();
    if (endpoint === undefined) this.answer(503);
    else this.attempt(endpoint, false);
  }

  /** The rest of the body goes to these copies as well; called after `send`, in the same turn. */
  copyTo(mirrors: readonly Mirror[]): void {
    if (this.active) this.mirrors = mirrors;
    else for (const mirror of mirrors) mirror.detach();
  }

  /** A later part of the request's body. */
  sendBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    if (this.mirrors !== undefined) for (const mirror of this.mirrors) mirror.addBytes(buffer, start, end);
    this.replay.addBytes(buffer, start, end);
    if (this.upstream !== undefined) this.upstream.sendBytes(buffer, start, end, from);
    else this.needReplay();
  }

  /** The same for a text of latin1 characters. */
  sendText(text: string): void {
    if (this.mirrors !== undefined) for (const mirror of this.mirrors) mirror.addText(text);
    this.replay.addText(text);
    if (this.upstream !== undefined) this.upstream.sendText(text);
    else this.needReplay();
  }

  /** The client has sent the last byte of its request. `trailers` are lines; they go with a plain body. */
  sendEnd(trailers: string): void {
    if (!this.active || this.replay.complete) return;
    if (this.mirrors !== undefined) for (const mirror of this.mirrors) mirror.end(trailers);
    this.replay.end(trailers);
    this.upstream?.sendEnd(trailers);
  }

  /** Between two attempts a body that grows too large ends the hope for another one. */
  private needReplay(): void {
    if (this.active && this.replay.spent) this.answer(502);
  }

  /** Whether the client should be read on for the sake of its request's body. */
  get requestFlows(): boolean {
    if (this.waiting !== undefined) return this.waiting.body !== undefined;
    return this.upstream !== undefined && this.upstream.flows;
  }

  /** The client is gone, or must go: nobody waits for the answer any more. */
  abort(): void {
    if (!this.active) return;
    const { upstream, waiting } = this;
    this.close();
    upstream?.destroy();
    waiting?.cancel();
  }

  /** Ends the exchange and gives its connection to the caller: the answer was 101. */
  detach(): Transport {
    const { upstream } = this;
    this.close();
    // Only HTTP/1.1 has that answer.
    return (upstream as UpstreamConnection).abandon();
  }

  /** Ends the exchange and gives the rest of the answer to somebody else; to be called from `responseHead`. */
  handOver(receiver: ResponseReceiver): UpstreamStream {
    const upstream = this.upstream!;
    this.close();
    upstream.startBody("plain");
    upstream.divert(receiver);
    return upstream;
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
    if (this.retry?.covers(head) === true && this.mayRetry()) {
      const { upstream } = this;
      this.upstream = undefined;
      if (this.replay.complete) dropAnswer(upstream!, framing);
      else upstream!.destroy();
      if (this.takeBudget()) this.pause();
      return;
    }
    this.answering = true;
    this.replay.settle();
    // Both timeouts end where the answer begins: a stream lasts as long as it lasts.
    this.attemptTimer.disarm();
    this.requestTimer.disarm();
    const { downstream, session } = this;
    if (session !== undefined)
      downstream.responseEdits = session.answerEdits(this.upstream!.endpoint, downstream.responseEdits);
    downstream.responseHead(head, framing);
  }

  onResponseBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    this.downstream.responseBytes(buffer, start, end, from);
  }

  onResponseTrailers(lines: string): void {
    this.downstream.responseTrailers(lines);
  }

  onResponseText(text: string): void {
    this.downstream.responseText(text);
  }

  onResponseEnd(): void {
    const upstream = this.upstream;
    const { complete } = this.replay;
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
    if (upstream === undefined || this.replay.spent) return this.answer(statusOf(failure));
    if (failure.code === "unsupported") return this.answer(501, noWebSocket);
    // "a client ... SHOULD NOT automatically retry a request with a non-idempotent method" (RFC 9110 section 9.2.2),
    // and only a connection that had waited in the pool may have been closed before the request reached the other side.
    const dead = (failure.code === "closed" || failure.code === "reset") && upstream.reused;
    // "An explicit zero value MUST disable retries."
    if (
      dead &&
      idempotent.has(this.method) &&
      this.retry?.attempts !== 0 &&
      this.attempts < maxConnectAttempts
    ) {
      // An endpoint that was taken away meanwhile gets nothing new: its backend may want TLS now.
      const again = upstream.endpoint.references > 0 ? upstream.endpoint : this.next();
      if (again !== undefined && again.takes === this.takes) return this.attempt(again, true);
    }
    if (!isUntouched(failure) || !this.mayRetry()) return this.answer(statusOf(failure));
    if (failure.code !== "refused") this.unreached = upstream.endpoint;
    if (this.retry !== undefined) {
      if (this.takeBudget()) this.pause();
      return;
    }
    const next = this.next();
    const same = next === upstream.endpoint && failure.code === "connect-timeout";
    if (next === undefined || same || next.takes !== upstream.takes) this.answer(statusOf(failure));
    else this.attempt(next, true);
  }

  onTimer(timer: Timer): void {
    if (timer === this.attemptTimer && this.pausing) return this.resume();
    const { upstream } = this;
    this.upstream = undefined;
    upstream?.destroy();
    if (timer === this.requestTimer || this.retry === undefined || !this.mayRetry()) return this.answer(504);
    if (this.takeBudget()) this.pause();
  }

  /** Another attempt would be within the rule's number, or ours, and the request is still there as a whole. */
  private mayRetry(): boolean {
    const most = this.retry === undefined ? maxConnectAttempts : this.retry.attempts + 1;
    return this.attempts < most && !this.replay.spent;
  }

  /** Answers with 503 when the backend has had its share of retries. */
  private takeBudget(): boolean {
    const { budget } = this.backend!;
    if (budget === undefined || budget.take(performance.now())) return true;
    this.answer(503);
    return false;
  }

  private pause(): void {
    this.pausing = true;
    fineTimers.arm(this.attemptTimer, this.retry!.pauseBefore(this.attempts));
  }

  private resume(): void {
    this.pausing = false;
    const endpoint = this.next();
    // A body that was taken in one form is not there in the other.
    if (endpoint === undefined || endpoint.takes !== this.takes) return this.answer(503);
    this.attempt(endpoint, false);
  }

  /** Where another attempt goes: with a session to its endpoint, and not twice in a row where no connection could be made. */
  private next(): Endpoint | undefined {
    const backend = this.backend!;
    const own = this.session?.endpoint;
    if (own !== undefined && own !== this.unreached && backend.endpoints.includes(own)) return own;
    const endpoint = backend.pick();
    return endpoint !== undefined && endpoint === this.unreached ? backend.pick() : endpoint;
  }

  private attempt(endpoint: Endpoint, fresh: boolean): void {
    this.attempts++;
    this.upstream = fresh ? endpoint.connect(this) : endpoint.acquire(this);
    if (this.attemptTimeout > 0) fineTimers.arm(this.attemptTimer, this.attemptTimeout);
    this.replay.play(this.upstream);
    // The client may have been stopped since the attempt before, and a connection that stands already has no more to say of it.
    if (this.attempts > 1 && this.requestFlows) this.downstream.requestMayFlow();
  }

  private answer(status: number, detail?: string): void {
    this.close();
    this.downstream.answer(status, detail);
  }

  private close(): void {
    this.active = false;
    this.upstream = undefined;
    this.waiting = undefined;
    this.pausing = false;
    this.session = undefined;
    if (this.mirrors !== undefined) for (const mirror of this.mirrors) mirror.detach();
    this.mirrors = undefined;
    this.replay.clear();
    this.requestTimer.disarm();
    this.attemptTimer.disarm();
  }
}

/** Nothing of the request was processed there. */
function isUntouched({ code }: UpstreamFailure): boolean {
  return code === "connect" || code === "connect-timeout" || code === "refused";
}

function statusOf({ code }: UpstreamFailure): number {
  return code === "connect-timeout" ? 504 : 502;
}
