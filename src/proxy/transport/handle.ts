import { type Server, Socket } from "node:net";

/** A connection as Node has it below its sockets. The same from Node 20 to 26. */
export interface Handle {
  /** Bytes that the layer below has not taken yet. */
  readonly writeQueueSize: number;
  /** Negative when it is closed; absent on Windows. */
  readonly fd?: number;
  /** Below TLS: the TCP connection. */
  readonly _parent?: Handle;
  getpeername(out: Partial<SocketName>): number;
  getsockname(out: Partial<SocketName>): number;
}

export interface SocketName {
  readonly address: string;
  readonly port: number;
}

interface Internals {
  _handle: Handle | null;
}

interface Listening {
  readonly _handle: { onconnection: (error: number, handle: Handle | undefined) => void };
}

/**
 * Has a server that listens hand over its connections as they come, without the socket that Node would make for each and that whoever
 * reads into a buffer of his own has to throw away: a third of what a new connection costs. Nothing of them is read yet.
 */
export function onHandle(server: Server, accept: (handle: Handle) => void): void {
  // An error of a single accept (EMFILE) is not the end of the server.
  (server as unknown as Listening)._handle.onconnection = (error, handle) => {
    if (error === 0 && handle !== undefined) accept(handle);
  };
}

/** Takes the connection out of a socket, which closes without it. */
export function takeHandle(socket: Socket): Handle {
  const internals = socket as unknown as Internals;
  const handle = internals._handle;
  internals._handle = null;
  socket.destroy();
  return handle!;
}

/** A socket of Node's own for a connection; it reads nothing until it is told to. */
export function socketOf(handle: Handle): Socket {
  return new Socket({ handle, pauseOnCreate: true } as object);
}

export function handleOf(socket: Socket): Handle | null {
  return (socket as unknown as Internals)._handle;
}
