import { maxReplayBytes } from "../../limits.ts";
import type { UpstreamStream } from "../../upstream/stream.ts";

/**
 * A request as it is sent, as long as it can be sent again from its start. What came with the head is kept in any case, later parts
 * of the body only where another try is wanted, and up to a limit.
 */
export class Replay {
  private head = "";
  private text = "";
  private bytes: Buffer | undefined;
  private method = "";
  /** The whole request is here. */
  complete = false;
  /** A part of the body has gone and was not kept. */
  spent = false;
  private keeps = false;
  private readonly later: (string | Buffer)[] = [];
  private laterBytes = 0;
  private trailers = "";

  /** `keeps`: whether later parts are to be kept. */
  start(
    head: string,
    text: string,
    bytes: Buffer | undefined,
    method: string,
    complete: boolean,
    keeps: boolean,
  ): void {
    this.head = head;
    this.text = text;
    this.bytes = bytes;
    this.method = method;
    this.complete = complete;
    this.keeps = keeps;
    this.spent = false;
    this.trailers = "";
  }

  clear(): void {
    this.head = "";
    this.text = "";
    this.bytes = undefined;
    this.forget();
    this.laterBytes = 0;
  }

  /** No further try: nothing more is kept. */
  settle(): void {
    this.keeps = false;
    this.spent = true;
    this.bytes = undefined;
    this.forget();
  }

  addBytes(buffer: Buffer, start: number, end: number): void {
    if (this.hasRoom(end - start)) this.later.push(Buffer.from(buffer.subarray(start, end)));
  }

  addText(text: string): void {
    if (this.hasRoom(text.length)) this.later.push(text);
  }

  end(trailers: string): void {
    this.complete = true;
    this.trailers = trailers;
  }

  /** Sends what there is of the request so far. */
  play(upstream: UpstreamStream): void {
    const { later } = this;
    const whole = this.complete && later.length === 0 && this.trailers === "";
    upstream.send(this.head, this.text, this.bytes, this.method, whole);
    for (const part of later) {
      if (typeof part === "string") upstream.sendText(part);
      else upstream.sendOwned(part);
    }
    if (this.complete && !whole) upstream.sendEnd(this.trailers);
  }

  /** One after the other: to set the length of an array is a call into V8's runtime. */
  private forget(): void {
    while (this.later.length > 0) this.later.pop();
  }

  private hasRoom(bytes: number): boolean {
    if (this.spent) return false;
    this.laterBytes += bytes;
    if (this.keeps && this.laterBytes <= maxReplayBytes) return true;
    this.settle();
    return false;
  }
}
