import type { Socket } from "node:net";

/** Whom a failed write is told. */
export interface WriteFailureOwner {
  /** The peer has sent its last byte. */
  readEnded: boolean;
  /** Set when a write fails: the connection is only read any more. */
  broken: boolean;
}

const owner = Symbol("owner");

interface Outliving {
  [owner]: WriteFailureOwner;
}

/**
 * Has a socket that reads into a buffer of the caller's live on when a write to it fails. Node destroys it then, and what the peer had
 * sent before it reset the connection is lost, though the kernel keeps it: nothing more comes, and the end is near. The socket must not be
 * written to again. One function for all sockets: idle ones hold no closures for this.
 */
export function outliveWriteFailure(socket: Socket, to: WriteFailureOwner): void {
  (socket as unknown as Outliving)[owner] = to;
  socket.push = push;
  socket.destroy = destroy;
}

/** With a buffer of the caller's nothing but the end is pushed. Once a write has failed Node keeps the end to itself. */
function push(this: Socket, chunk: unknown): boolean {
  const to = ownerOf(this);
  to.readEnded = true;
  if (!this.errored) return prototypeOf(this).push.call(this, chunk);
  prototypeOf(this).destroy.call(this, this.errored);
  return false;
}

/** The connection is over in the kernel, too, so that reading comes to an end. */
const over: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

function destroy(this: Socket, error?: Error): Socket {
  const to = ownerOf(this);
  const failure: NodeJS.ErrnoException | undefined = error;
  const isReadable = failure?.syscall === "write" && over.has(failure.code);
  if (!isReadable || to.readEnded || this.destroyed)
    return prototypeOf(this).destroy.call(this, error ?? this.errored ?? undefined);
  to.broken = true;
  return this;
}

function ownerOf(socket: Socket): WriteFailureOwner {
  return (socket as unknown as Outliving)[owner];
}

function prototypeOf(socket: Socket): Socket {
  return Object.getPrototypeOf(socket) as Socket;
}
