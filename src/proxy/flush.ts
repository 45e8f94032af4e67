import { reportBug } from "../std/bug.ts";

/** Somebody with bytes to send that wait for more of this turn. */
export interface Flushable {
  flush(): void;
}

let waiting: Flushable[] = [];

/**
 * Has `flush` called once everything that has come in with this turn of the event loop was handled, so that many frames of many
 * connections leave in one write each.
 */
export function flushLater(flushable: Flushable): void {
  if (waiting.length === 0) setImmediate(flushAll);
  waiting.push(flushable);
}

function flushAll(): void {
  const due = waiting;
  waiting = [];
  for (const flushable of due) {
    try {
      flushable.flush();
    } catch (error) {
      // The others have theirs to send.
      reportBug(error);
    }
  }
}
