import { Timer } from "../../../std/timer-wheel.ts";
import { Body, type Framing } from "../../../wire/http1/framing.ts";
import { droppedAnswerTimeout, maxDroppedAnswerBytes } from "../../limits.ts";
import { coarseTimers } from "../../timers.ts";
import type { ResponseReceiver, UpstreamStream } from "../../upstream/stream.ts";

/**
 * Has nobody hear the answer whose head is here, to a request that was sent to its end. A backend in trouble answers many requests
 * so: it should not have to make as many new connections.
 */
export function dropAnswer(upstream: UpstreamStream, framing: Framing): void {
  if (framing.body === Body.untilClose || framing.body > maxDroppedAnswerBytes) return upstream.destroy();
  upstream.startBody("plain");
  upstream.divert(new DroppedAnswer(upstream));
}

/** Reads an answer to its end, which gives its connection back, unless that takes too long. */
class DroppedAnswer implements ResponseReceiver {
  private readonly upstream: UpstreamStream;
  private readonly timer = new Timer(this);
  private bytes = 0;

  constructor(upstream: UpstreamStream) {
    this.upstream = upstream;
    coarseTimers.arm(this.timer, droppedAnswerTimeout);
  }

  onUpstreamConnect(): void {
    // It is connected.
  }

  onUpstreamDrain(): void {
    // There is nothing more to send.
  }

  onInformational(): void {
    // Its head has come.
  }

  onResponseHead(): void {
    // The same.
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

  onResponseTurn(): void {
    // Nothing is written.
  }

  onResponseEnd(): void {
    if (!this.timer.armed) return;
    this.timer.disarm();
    this.upstream.release(true);
  }

  onUpstreamFailure(): void {
    this.timer.disarm();
  }

  onTimer(): void {
    this.upstream.destroy();
  }

  private drop(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes <= maxDroppedAnswerBytes) return;
    this.timer.disarm();
    this.upstream.destroy();
  }
}
