import { Timer } from "../../../std/timer-wheel.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { encodeRequest } from "../../../wire/http2/encode.ts";
import {
  copyTimeout,
  maxCopies,
  maxCopiesBacklog,
  maxDroppedAnswerBytes,
  maxCopyBacklog,
} from "../../limits.ts";
import { coarseTimers } from "../../timers.ts";
import type { BackendEndpoints, RequestCopy } from "../../upstream/backends.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";
import type { ResponseReceiver, UpstreamStream } from "../../upstream/stream.ts";
import { type Form, MirrorBody } from "./mirror-body.ts";

/** Bytes that wait for mirrors: of all copies of this worker. */
let heldByAll = 0;

/** A request as it was sent to its backend, as far as it was there then. */
export interface MirroredRequest {
  readonly method: string;
  /** In the form of HTTP/1.1. */
  readonly head: string;
  /** How the body comes: first `text`, then `bytes`. */
  readonly takes: Form;
  /** Whether the length of the body is not known: its framed form is chunks. */
  readonly chunked: boolean;
  readonly text: string;
  readonly bytes: Buffer | undefined;
  /** That is all of the body. */
  readonly complete: boolean;
}

/**
 * A copy of a request on its way to a mirror (Gateway API, `HTTPRequestMirrorFilter`). The answer is read and dropped. Nothing of
 * it can hold up the request itself: what the mirror does not take waits up to a limit, and then the copy is given up.
 * It is sent once.
 */
export class Mirror implements ResponseReceiver, RequestCopy {
  private readonly backend: BackendEndpoints;
  private readonly timer = new Timer(this);
  private upstream: UpstreamStream | undefined;
  /** For a mirror that takes bodies in another form than the backend. */
  private body: MirrorBody | undefined;
  private complete = false;
  /** Bytes that were sent since the mirror took all of what came before. */
  private held = 0;
  private answerBytes = 0;

  /** Undefined when the mirror has no endpoint, or has enough to do. */
  static start(backend: BackendEndpoints, request: MirroredRequest): Mirror | undefined {
    if (backend.copies.size >= maxCopies || heldByAll >= maxCopiesBacklog) return undefined;
    const endpoint = backend.pick();
    if (endpoint === undefined) return undefined;
    const mirror = new Mirror(backend);
    mirror.begin(endpoint, request);
    return mirror;
  }

  private constructor(backend: BackendEndpoints) {
    this.backend = backend;
    backend.copies.add(this);
  }

  private begin(
    endpoint: Endpoint,
    { method, head, takes, chunked, text, bytes, complete }: MirroredRequest,
  ): void {
    const upstream = endpoint.acquire(this);
    this.upstream = upstream;
    if (!this.admits(head.length + text.length + (bytes === undefined ? 0 : bytes.length))) return;
    const sent = upstream.takes === "plain" ? encodeRequest(head) : head;
    if (!chunked || upstream.takes === takes) {
      this.complete = complete;
      upstream.send(sent, text, bytes, method, complete);
      return;
    }
    upstream.send(sent, "", undefined, method, false);
    this.body = new MirrorBody(upstream.takes, upstream);
    this.body.add(Buffer.from(text, "latin1"));
    if (bytes !== undefined) this.body.add(bytes);
    if (complete) this.end("");
  }

  /** A later part of the body. */
  addBytes(buffer: Buffer, start: number, end: number): void {
    // A copy, since a buffer that is lent has its lender wait.
    if (!this.admits(end - start)) return;
    const bytes = Buffer.from(buffer.subarray(start, end));
    if (this.body !== undefined) this.body.add(bytes);
    else this.upstream?.sendOwned(bytes);
  }

  /** The same for a text of latin1 characters. */
  addText(text: string): void {
    if (!this.admits(text.length)) return;
    if (this.body !== undefined) this.body.add(Buffer.from(text, "latin1"));
    else this.upstream?.sendText(text);
  }

  /** The body is over. `trailers` are lines; they go with a plain body. */
  end(trailers: string): void {
    this.complete = true;
    if (this.upstream === undefined) return;
    if (this.body === undefined) this.upstream.sendEnd(trailers);
    else this.body.end(trailers);
  }

  /** The request itself is over. A copy that is whole goes on. */
  detach(): void {
    if (!this.complete) this.giveUp();
  }

  giveUp(): void {
    const { upstream } = this;
    this.close();
    upstream?.destroy();
  }

  onUpstreamConnect(): void {
    this.settle();
  }

  onUpstreamDrain(): void {
    this.settle();
  }

  onInformational(): void {
    // Nobody waits for it.
  }

  onResponseHead(head: Head): void {
    if (head.status === 101) this.giveUp();
    else this.upstream!.startBody("plain");
  }

  onResponseBytes(_buffer: Buffer, start: number, end: number): void {
    this.drop(end - start);
  }

  onResponseText(text: string): void {
    this.drop(text.length);
  }

  onResponseTrailers(): void {
    // Dropped like the rest.
  }

  onResponseEnd(): void {
    const { upstream, complete } = this;
    this.close();
    upstream?.release(complete);
  }

  onResponseTurn(): void {
    // Nothing is written.
  }

  onUpstreamFailure(): void {
    this.close();
  }

  onTimer(): void {
    this.giveUp();
  }

  /** Whether so many bytes more may be sent; otherwise the copy ends here. */
  private admits(bytes: number): boolean {
    const { upstream } = this;
    if (upstream === undefined) return false;
    coarseTimers.arm(this.timer, copyTimeout);
    if (upstream.flows) {
      this.settle();
      return true;
    }
    this.held += bytes;
    heldByAll += bytes;
    if (this.held <= maxCopyBacklog && heldByAll <= maxCopiesBacklog) return true;
    this.giveUp();
    return false;
  }

  private settle(): void {
    heldByAll -= this.held;
    this.held = 0;
  }

  private drop(bytes: number): void {
    this.answerBytes += bytes;
    if (this.answerBytes > maxDroppedAnswerBytes) this.giveUp();
  }

  private close(): void {
    this.settle();
    this.upstream = undefined;
    this.body = undefined;
    this.timer.disarm();
    this.backend.copies.delete(this);
  }
}
