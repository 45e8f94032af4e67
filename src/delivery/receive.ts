import type { ProgramChange } from "../program/change.ts";
import { onFlood } from "../wire/http2/flood.ts";
import { FloodTally } from "./flood-tally.ts";
import type { BindFailure, FromProxy, ToProxy } from "./message.ts";

/** What a worker process does with what it is sent. */
export interface Receiver {
  /** Resolves when the change is served, to the listeners that could not be bound. */
  apply(change: ProgramChange): Promise<readonly BindFailure[]>;
  /** Resolves to the number of connections that were cut. */
  drain(deadline: number): Promise<number>;
}

/** Milliseconds between two words about floods. */
const floodInterval = 1_000;

/**
 * Runs in a worker process: applies what comes over its channel, in order, and acknowledges it. Ends with the channel.
 * @param start Makes the receiver; `secret` is the same in all `workers` of a run, and in nobody else's hands.
 */
export function receiveProgram(start: (secret: Buffer, workers: number) => Receiver): void {
  let queue: Promise<void> = Promise.resolve();
  let receiver: Receiver | undefined;
  const tally = new FloodTally(floodInterval, (floods) => send({ type: "floods", floods }));
  onFlood((flood) => tally.add(flood, 1));
  process.on("message", (message: ToProxy) => {
    if (message.type === "begin") {
      receiver = start(Buffer.from(message.secret, "base64"), message.workers);
      return;
    }
    if (receiver === undefined) throw new Error("A worker was told what to do before it was begun");
    const running = receiver;
    if (message.type === "drain") {
      void running.drain(message.deadline).then((cut) => {
        tally.flush();
        send({ type: "drained", cut }, () => process.exit(0));
      });
      return;
    }
    const { change } = message;
    queue = queue.then(async () => {
      const failures = await running.apply(change);
      send({ type: "ack", version: change.version, failures });
    });
  });
  send({ type: "listening" });
  // Without its control plane a worker would serve for ever what nobody can change.
  process.on("disconnect", () => process.exit(0));
  // A terminal sends Ctrl-C to the whole process group; when a worker ends is decided by the control plane.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
}

function send(message: FromProxy, done: () => void = () => undefined): void {
  if (process.connected) process.send!(message, undefined, undefined, done);
  else done();
}
