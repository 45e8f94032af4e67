import type { Http2Session, SessionOutput } from "../wire/http2/session.ts";
import { flushLater, type Flushable } from "./flush.ts";
import type { Transport } from "./transport/transport.ts";

/** Has news of the read at hand. */
interface Touchable {
  endTurn(): void;
}

/** What HTTP/2 connections to clients and to endpoints have in common: how a session's bytes leave, and who has news of a read. */
export abstract class SessionConnection implements SessionOutput, Flushable {
  abstract readonly transport: Transport;
  protected abstract readonly session: Http2Session;
  private readonly touched: Touchable[] = [];
  private scheduled = false;

  get congested(): boolean {
    return this.transport.congested;
  }

  schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    flushLater(this);
  }

  flush(): void {
    this.scheduled = false;
    const text = this.session.take();
    if (text !== "") this.transport.write(text);
  }

  writeBytes(text: string, buffer: Buffer, start: number, end: number): void {
    this.transport.cork();
    this.transport.write(text);
    // A copy: many streams share this connection, and none of them may stop the ones that lend it bytes.
    this.transport.writeOwned(Buffer.from(buffer.subarray(start, end)));
    this.transport.uncork();
  }

  /** Has `endTurn` called after the read at hand. */
  touch(stream: Touchable): void {
    this.touched.push(stream);
  }

  protected endTurn(): void {
    const { touched } = this;
    for (let i = 0; i < touched.length; i++) touched[i]!.endTurn();
    touched.length = 0;
  }

  onDrain(): void {
    this.session.flushBlocked();
    for (const { owner } of this.session.streams.all()) owner?.onDrain();
  }
}
