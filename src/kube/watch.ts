import { isJsonObject, type JsonObject } from "../resources/json.ts";
import { errorOfStatus, failure, stopped } from "./error.ts";
import { LineSplitter } from "./lines.ts";
import type { Transport } from "./request.ts";

export interface WatchEvent {
  /** `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`, and whatever else a server may come up with. */
  readonly type: string;
  readonly object: JsonObject;
}

export interface WatchOptions {
  /** With query. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Milliseconds after which the server should have ended the watch. */
  readonly lifetime: number;
  /** Bytes of one event. */
  readonly eventBytes: number;
  /** The server has agreed to watch. */
  onOpen(): void;
  /** May throw to end the watch. */
  onEvent(event: WatchEvent): void;
}

/**
 * One watch on a connection of its own. It ends with the connection, or when nothing has arrived for too long:
 * a connection whose other side is gone looks exactly like one on which nothing happens.
 */
export class Watch {
  private readonly transport: Transport;
  private readonly options: WatchOptions;
  private quiet: number;
  private quietTimer: NodeJS.Timeout | undefined;
  private cut: (error: unknown) => void = () => undefined;

  /** @param quiet Milliseconds without a byte that are believed. */
  constructor(transport: Transport, quiet: number, options: WatchOptions) {
    this.transport = transport;
    this.quiet = quiet;
    this.options = options;
  }

  /** Resolves when the server ends the watch properly; rejects when it ends in another way. */
  async run(): Promise<void> {
    const { path, signal, eventBytes, lifetime } = this.options;
    const answer = await this.transport.open({ method: "GET", path, signal });
    if (signal.aborted) {
      answer.destroy();
      throw stopped();
    }
    this.options.onOpen();
    const lines = new LineSplitter(eventBytes, (line) => this.read(line));
    const limit = failure("TimedOut", "The server did not end the watch when it should have");
    const timer = setTimeout(() => this.cut(limit), lifetime);
    try {
      await new Promise<void>((resolve, reject) => {
        this.cut = (error) => {
          reject(error);
          answer.destroy();
        };
        answer.on("data", (chunk: Buffer) => {
          try {
            this.listen();
            lines.push(chunk);
          } catch (error) {
            this.cut(error);
          }
        });
        answer.once("end", () => {
          if (lines.isOpen) reject(failure("Unreachable", "The watch broke in the middle of an event"));
          else resolve();
        });
        answer.once("close", () => {
          reject(signal.aborted ? stopped() : failure("Unreachable", "The connection of the watch broke"));
        });
        this.listen();
      });
    } finally {
      clearTimeout(timer);
      clearTimeout(this.quietTimer);
      this.quietTimer = undefined;
      answer.destroy();
    }
  }

  /** Believes in longer, or shorter, silence from now on. */
  setQuiet(milliseconds: number): void {
    if (this.quiet === milliseconds) return;
    this.quiet = milliseconds;
    clearTimeout(this.quietTimer);
    this.quietTimer = undefined;
    this.listen();
  }

  private listen(): void {
    if (this.quietTimer !== undefined) {
      this.quietTimer.refresh();
      return;
    }
    const { quiet } = this;
    this.quietTimer = setTimeout(() => {
      this.cut(failure("TimedOut", `Nothing has arrived for ${quiet / 1000} s`));
    }, quiet);
  }

  private read(line: string): void {
    let event: unknown;
    try {
      event = JSON.parse(line);
    } catch (error) {
      throw failure("BadAnswer", `An event is not JSON: ${(error as Error).message}`, error);
    }
    if (!isJsonObject(event) || typeof event["type"] !== "string" || !isJsonObject(event["object"])) {
      throw failure("BadAnswer", "An event has no type or no object");
    }
    const { type, object } = event;
    if (type === "ERROR") throw errorOfStatus(object, 500);
    this.options.onEvent({ type, object: object });
  }
}
