import { Timer } from "../../../std/timer-wheel.ts";
import { BodyReader } from "../../../wire/http1/body.ts";
import { Field } from "../../../wire/http1/field.ts";
import { Body, Framing } from "../../../wire/http1/framing.ts";
import { Head } from "../../../wire/http1/head.ts";
import { HeadReader } from "../../../wire/http1/head-reader.ts";
import { connectTimeout, readBufferBytes, upstreamIdleTimeout } from "../../limits.ts";
import { coarseTimers, fineTimers } from "../../timers.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { Endpoint } from "../endpoint.ts";
import type { UpstreamFailure } from "../failure.ts";
import type { ResponseReceiver, UpstreamStream } from "../stream.ts";

/** One per worker: a head is parsed, acted upon and forgotten in one turn. */
const head = new Head();
const framing = new Framing();

/** An HTTP/1.1 connection to an endpoint, which carries one exchange after another. */
export class UpstreamConnection implements TransportOwner, UpstreamStream {
  readonly takes = "framed";
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  connected = false;
  /** Whether it has carried an exchange before this one. */
  reused = false;
  /** Whether any byte of an answer has come in this exchange. */
  answered = false;
  private receiver: ResponseReceiver | undefined;
  private method = "";
  private readonly headReader = new HeadReader();
  private readonly body = new BodyReader();
  private inBody = false;
  private persistent = true;
  private idleTimeout = upstreamIdleTimeout;
  private destroyed = false;
  private readonly timer = new Timer(this);

  constructor(endpoint: Endpoint, receiver: ResponseReceiver) {
    this.endpoint = endpoint;
    this.receiver = receiver;
    this.transport = endpoint.open(this, () => {
      this.connected = true;
      this.timer.disarm();
      this.receiver?.onUpstreamConnect();
    });
    // Who refuses a body answers and closes while it is still being sent.
    this.transport.readToTheEnd();
    fineTimers.arm(this.timer, connectTimeout);
  }

  reuse(receiver: ResponseReceiver): void {
    this.timer.disarm();
    this.receiver = receiver;
    this.reused = true;
    this.answered = false;
  }

  send(request: string, text: string, bytes: Buffer | undefined, method: string): void {
    this.method = method;
    this.inBody = false;
    if (bytes === undefined) return this.transport.write(request + text);
    this.transport.cork();
    this.transport.write(request + text);
    this.transport.writeOwned(bytes);
    this.transport.uncork();
  }

  sendBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    this.transport.writeBytes(buffer, start, end, from);
  }

  sendText(text: string): void {
    this.transport.write(text);
  }

  sendOwned(bytes: Buffer): void {
    this.transport.writeOwned(bytes);
  }

  sendEnd(): void {
    // A framed body ends by what it says.
  }

  get flows(): boolean {
    return this.connected && !this.transport.congested;
  }

  pause(): void {
    this.transport.pause();
  }

  resume(): void {
    this.transport.resume();
  }

  startBody(output: "framed" | "plain"): void {
    this.body.start(framing.body, output);
  }

  divert(receiver: ResponseReceiver): void {
    this.receiver = receiver;
  }

  /** Waits in the pool. */
  rest(): void {
    coarseTimers.arm(this.timer, this.idleTimeout);
  }

  /** Leaves the transport to the caller for good. */
  abandon(): Transport {
    this.receiver = undefined;
    this.destroyed = true;
    this.timer.disarm();
    return this.transport;
  }

  /** Gives the connection up; the receiver hears nothing more. */
  destroy(): void {
    this.receiver = undefined;
    // The rest of the read at hand may hold more chunks.
    this.sink.receiver = undefined;
    this.destroyed = true;
    this.timer.disarm();
    this.transport.destroy();
  }

  onBytes(buffer: Buffer, length: number): void {
    let receiver = this.receiver;
    // "a client SHOULD NOT process ... as a response" what comes without a request: the connection is not to be trusted.
    if (receiver === undefined) return this.closeIdle();
    this.answered = true;
    let at = 0;
    for (;;) {
      if (!this.inBody) {
        if (at === length) break;
        const fault = this.headReader.read(buffer, at, length);
        if (fault !== undefined) return this.fail({ code: "protocol", detail: fault.message });
        if (!this.headReader.complete) break;
        at = this.headReader.consumed;
        const { text, length: headLength } = this.headReader;
        if (!this.readHead(receiver)) {
          if (this.receiver !== receiver) return;
          continue;
        }
        // The rest of the answer may be another one's now.
        receiver = this.receiver;
        if (receiver === undefined) return;
        const bodyEnd = headLength + framing.body;
        if (framing.body > 0 && bodyEnd <= text.length) {
          // The usual case, and the text of it is there already.
          receiver.onResponseText(text.slice(headLength, bodyEnd));
          this.finish(receiver, at + framing.body < length);
          break;
        }
      }
      if (!this.readBody(receiver, buffer, at, length)) return;
      at = this.body.consumed;
      if (!this.body.done) break;
      this.finish(receiver, at < length);
      break;
    }
    receiver.onResponseTurn();
  }

  /** Returns whether the head was that of the final answer. */
  private readHead(receiver: ResponseReceiver): boolean {
    const { headReader } = this;
    let fault = head.parseResponse(headReader.text, headReader.length, headReader.bytes, headReader.start);
    headReader.reset();
    if (fault === undefined && head.status < 200 && head.status !== 101) {
      receiver.onInformational(head);
      return false;
    }
    fault ??= framing.response(head, this.method);
    if (fault !== undefined) {
      this.fail({ code: "protocol", detail: fault.message });
      return false;
    }
    if (head.status === 101) framing.body = Body.untilClose;
    this.persistent = framing.persistent && head.status !== 101;
    this.inBody = true;
    if (head.seen[Field.keepAlive]! > 0) this.readKeepAlive();
    this.startBody("framed");
    receiver.onResponseHead(head, framing);
    return true;
  }

  private readBody(receiver: ResponseReceiver, buffer: Buffer, at: number, length: number): boolean {
    this.sink.receiver = receiver;
    this.sink.transport = this.transport;
    const fault = this.body.read(buffer, at, length, this.sink);
    if (fault !== undefined) {
      this.fail({ code: "protocol", detail: fault.message });
      return false;
    }
    if (this.receiver !== receiver) return false;
    if (length === readBufferBytes && !this.body.done) this.transport.beginBulk();
    return true;
  }

  private readonly sink = {
    receiver: undefined as ResponseReceiver | undefined,
    transport: undefined as Transport | undefined,
    onChunk(buffer: Uint8Array, start: number, end: number): void {
      this.receiver?.onResponseBytes(buffer as Buffer, start, end, this.transport!);
    },
  };

  private finish(receiver: ResponseReceiver, more: boolean): void {
    this.inBody = false;
    this.transport.endBulk();
    if (this.body.trailers !== "") receiver.onResponseTrailers(this.body.trailers);
    // Bytes after the answer belong to nothing that was asked: they must not become the next answer.
    if (more) this.persistent = false;
    receiver.onResponseEnd();
  }

  /** After the exchange: back to the pool, or closed. `complete`: the request was sent to its end. */
  release(complete: boolean): void {
    this.receiver = undefined;
    // What the other side has not taken of the last request would hold up the next one.
    if (complete && this.persistent && !this.destroyed && this.transport.backlog === 0) {
      this.transport.resume();
      this.endpoint.release(this);
    } else this.destroy();
  }

  onEnd(): void {
    if (this.receiver === undefined) return this.closeIdle();
    if (this.inBody && this.body.endsWithConnection) {
      const receiver = this.receiver;
      this.persistent = false;
      this.inBody = false;
      receiver.onResponseEnd();
      receiver.onResponseTurn();
      return;
    }
    this.fail(
      this.answered
        ? { code: "truncated", detail: "the backend closed the connection in the middle of its answer" }
        : { code: "closed", detail: "the backend closed the connection without an answer" },
    );
  }

  onDrain(): void {
    this.receiver?.onUpstreamDrain();
  }

  onClose(error: Error | undefined): void {
    if (this.receiver === undefined) {
      if (!this.destroyed) this.closeIdle();
      return;
    }
    const detail = error?.message ?? "the connection was closed";
    if (!this.connected) this.fail({ code: "connect", detail });
    else this.fail({ code: this.answered ? "truncated" : "reset", detail });
  }

  onTimer(): void {
    if (this.receiver === undefined) this.closeIdle();
    else this.fail({ code: "connect-timeout", detail: `no connection within ${connectTimeout} ms` });
  }

  private closeIdle(): void {
    this.endpoint.forget(this);
    this.destroy();
  }

  private fail(failure: UpstreamFailure): void {
    const receiver = this.receiver;
    this.destroy();
    receiver?.onUpstreamFailure(failure);
  }

  /** `Keep-Alive: timeout=5`: the other side closes after that, so it must not be used for as long. */
  private readKeepAlive(): void {
    const match = /timeout=(\d{1,6})/i.exec(head.joined(Field.keepAlive)!);
    if (match === null) return;
    this.idleTimeout = Math.min(upstreamIdleTimeout, Math.max(Number(match[1]) * 1000 - 1000, 500));
  }
}
