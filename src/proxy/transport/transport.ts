import { fstatSync } from "node:fs";
import { type LookupFunction, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { reportBug } from "../../std/bug.ts";
import { keepAliveDelay, maxBacklogBytes } from "../limits.ts";
import type { ApplicationProtocol, UpstreamTls } from "../tls/upstream-tls.ts";
import { giveBuffer, leaveBuffer, sharedBuffer, takeBuffer } from "./buffers.ts";
import { departures, type Departing } from "./departures.ts";
import { type Handle, handleOf, takeHandle } from "./handle.ts";
import { type OnRead, resetTls, SecureSocket, type SecureSocketOptions } from "./secure-socket.ts";
import { outliveWriteFailure, type WriteFailureOwner } from "./write-failure.ts";

/** What a connection tells the state machine that it carries. */
export interface TransportOwner {
  /**
   * `buffer[0..length)` is valid until this call returns. Over TLS, what had come before a pause still comes after it, up to one
   * read of the socket.
   */
  onBytes(buffer: Buffer, length: number): void;
  /** The peer has sent its last byte. */
  onEnd(): void;
  /** What was written has left; writing may go on. */
  onDrain(): void;
  /** Once, last. */
  onClose(error: Error | undefined): void;
}

/** Where a connection goes. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Resolves a host that is no IP address; absent: as the system does. */
  readonly lookup?: LookupFunction;
}

/** From here on a copy is worth a spare buffer; less comes out of Node's own pool for small buffers. */
const largeCopyBytes = 4096;

/**
 * A TCP connection, with or without TLS, without Node's readable stream: bytes are read into a buffer of ours (`onread`), which
 * saves an allocation of 64 KiB per read, and are written with as few calls as possible.
 */
export class Transport implements Departing, WriteFailureOwner {
  readonly socket: Socket;
  /** May change hands when the protocol does (Upgrade). */
  owner: TransportOwner;
  private buffer: Buffer = sharedBuffer;
  /** Set when the next read goes into another buffer. */
  private next: Buffer | undefined = sharedBuffer;
  private paused = false;
  closed = false;
  readEnded = false;
  broken = false;
  /** To be reset when the peer has taken all. */
  private departing = false;
  /** The connection that reads into a buffer that this one has not yet written out. */
  private borrowedFrom: Transport | undefined;
  /** The connection that still writes from the buffer that this one reads into. */
  private lentTo: Transport | undefined;
  /** What `writeCopy` is writing from. */
  private copy: Buffer | undefined;
  private queuedBefore = 0;
  private readonly onWritten: () => void;

  /** @param open Makes the socket, which must read as told. */
  private constructor(owner: TransportOwner, open: (onread: OnRead) => Socket) {
    this.owner = owner;
    this.socket = open({
      // Called once at the start and after each read; undefined keeps the buffer.
      buffer: (() => {
        const next = this.next;
        this.next = undefined;
        return next;
      }) as () => Uint8Array,
      callback: (length: number) => {
        try {
          this.owner.onBytes(this.buffer, length);
        } catch (error) {
          this.giveUp(error);
        }
        return !this.paused;
      },
    });
    this.onWritten = () => {
      if (this.socket.writableLength === 0) this.written();
    };
    let failure: Error | undefined;
    this.socket.on("end", () => {
      try {
        this.owner.onEnd();
      } catch (error) {
        this.giveUp(error);
      }
    });
    this.socket.on("drain", () => this.written());
    this.socket.on("error", (error) => {
      failure ??= error;
      // Node leaves a connection open when TLS fails on it.
      this.socket.destroy();
    });
    this.socket.on("close", () => {
      this.closed = true;
      this.returnBorrowed();
      this.releaseBulk();
      if (this.copy !== undefined) leaveBuffer(this.copy);
      this.copy = undefined;
      try {
        this.owner.onClose(failure);
      } catch (error) {
        reportBug(error);
      }
    });
  }

  /**
   * Takes over a connection that was accepted. Node lets only its client sockets read into a buffer of the caller's, and so this
   * is one.
   */
  static accept(handle: Handle, owner: TransportOwner): Transport {
    const transport = new Transport(
      owner,
      (onread) => new Socket({ handle, allowHalfOpen: true, onread } as object),
    );
    transport.socket.setNoDelay(true);
    transport.socket.setKeepAlive(true, keepAliveDelay);
    transport.socket.resume();
    return transport;
  }

  static connect(address: Address, owner: TransportOwner, onConnect: () => void): Transport {
    const transport = new Transport(owner, (onread) => new Socket({ ...connectOptions, onread }));
    transport.socket.once("connect", () => transport.connected(onConnect));
    transport.socket.connect(address);
    return transport;
  }

  /** Takes over a connection that is to speak TLS from the next byte on; `handshake` must follow. */
  static terminate(accepted: Socket, options: SecureSocketOptions, owner: TransportOwner): Transport {
    const handle = takeHandle(accepted);
    return new Transport(owner, (onread) => new SecureSocket(handle, options, onread));
  }

  /**
   * Does the server's part of a handshake.
   * @param bytes What the client has sent so far.
   * @param onSecure Called when the keys are agreed on, before any byte of the client's is handed over.
   */
  handshake(bytes: Buffer, onSecure: (socket: SecureSocket) => void): void {
    const socket = this.socket as SecureSocket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveDelay);
    socket.begin(bytes, () => {
      try {
        onSecure(socket);
      } catch (error) {
        this.giveUp(error);
      }
    });
  }

  /** @param tls Never without it. @param onConnect Called when the peer has shown that it is the one that was meant. */
  static connectTls(
    address: Address,
    tls: UpstreamTls,
    protocol: ApplicationProtocol,
    owner: TransportOwner,
    onConnect: () => void,
  ): Transport {
    const transport: Transport = new Transport(owner, (onread) =>
      tls.connect({ ...connectOptions, ...address, onread }, protocol, () => transport.connected(onConnect)),
    );
    return transport;
  }

  private connected(onConnect: () => void): void {
    try {
      onConnect();
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** Bytes that were written here and have not left. */
  get backlog(): number {
    return this.socket.writableLength;
  }

  get congested(): boolean {
    return this.broken || this.borrowedFrom !== undefined || this.socket.writableLength > maxBacklogBytes;
  }

  /** From here on `stalled` counts. */
  watchProgress(): void {
    this.queuedBefore = this.queued;
  }

  /** Whether nothing has left since this was asked last. A slow peer is none that has stopped. */
  get stalled(): boolean {
    const before = this.queuedBefore;
    this.queuedBefore = this.queued;
    return before === this.queuedBefore;
  }

  /** Bytes that the kernel has not taken. */
  private get queued(): number {
    const handle = handleOf(this.socket);
    return handle === null ? 0 : handle.writeQueueSize + (handle._parent?.writeQueueSize ?? 0);
  }

  /** Writes latin1 text. */
  write(text: string): void {
    if (!this.closed && !this.broken) this.socket.write(text, "latin1");
  }

  /**
   * Writes bytes that `from` has just read. They are copied when they lie in the shared buffer; otherwise `from`
   * waits until they have left.
   */
  writeBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    if (this.closed || this.broken) return;
    if (buffer === sharedBuffer) {
      this.writeCopy(buffer, start, end);
      return;
    }
    this.socket.write(buffer.subarray(start, end), this.onWritten);
    if (this.socket.writableLength > 0 && from.lentTo === undefined) {
      from.lentTo = this;
      this.borrowedFrom = from;
      from.pause();
    }
  }

  /** Large copies go through a spare buffer: a new one each time would have the garbage collector run for its sake. */
  private writeCopy(buffer: Buffer, start: number, end: number): void {
    if (end - start < largeCopyBytes || this.copy !== undefined) {
      this.socket.write(Buffer.from(buffer.subarray(start, end)));
      return;
    }
    this.copy = takeBuffer();
    buffer.copy(this.copy, 0, start, end);
    this.socket.write(this.copy.subarray(0, end - start), this.onWritten);
  }

  /** Writes bytes that belong to the caller for good. */
  writeOwned(bytes: Buffer): void {
    if (!this.closed && !this.broken) this.socket.write(bytes);
  }

  /** Many writes, one system call. */
  cork(): void {
    this.socket.cork();
  }

  uncork(): void {
    this.socket.uncork();
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.socket.pause();
  }

  /** Gives the owner bytes that were read before it had the connection. They belong to the caller no longer. */
  hand(bytes: Buffer): void {
    try {
      this.owner.onBytes(bytes, bytes.length);
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** Goes on reading, unless the last bytes read still wait to be written. */
  resume(): void {
    if (!this.paused || this.lentTo !== undefined || this.closed || this.departing) return;
    this.paused = false;
    this.socket.resume();
  }

  /** A large body is on its way: read into a buffer of this connection's own, from the next read on. */
  beginBulk(): void {
    if (this.buffer !== sharedBuffer || this.closed) return;
    this.buffer = this.next = takeBuffer();
  }

  /** The large body is over. Its buffer may still be written from, but nothing more is read into it: there is no need to wait. */
  endBulk(): void {
    if (this.buffer === sharedBuffer) return;
    this.releaseBulk();
    this.buffer = this.next = sharedBuffer;
    if (this.lentTo === undefined) return;
    this.lentTo.borrowedFrom = undefined;
    this.lentTo = undefined;
    this.resume();
  }

  /** Sends what was written, then FIN; after that `onDrain` is called. */
  end(): void {
    // A second call would have Node make an error of it, with a stack.
    if (this.closed || this.broken || this.socket.writableEnded) return;
    this.socket.end(() => {
      if (!this.socket.destroyed) this.written();
    });
  }

  /** Closes with RST: the peer must not take what it has for the whole. */
  reset(): void {
    if (this.closed) return;
    const { socket } = this;
    // While FIN is on its way libuv cannot reset, and Node would leave the connection open for good. All has left by then.
    if (socket.writableEnded && !socket.writableFinished && socket.writableLength === 0) socket.destroy();
    else if (socket instanceof TLSSocket) resetTls(socket);
    else socket.resetAndDestroy();
  }

  /** Closes with RST when the peer has taken what was written, or is gone. What it still sends is not read. */
  resetWhenTaken(): void {
    if (this.closed || this.departing) return;
    if (this.broken || this.socket.bytesWritten === 0) return this.reset();
    this.pause();
    this.departing = true;
    departures.add(this);
  }

  get inode(): number | undefined {
    const handle = handleOf(this.socket);
    const fd = handle?._parent?.fd ?? handle?.fd ?? -1;
    return fd < 0 ? undefined : fstatSync(fd).ino;
  }

  /** From here on everything that the peer has sent is read before the connection fails because writing to it does. */
  readToTheEnd(): void {
    outliveWriteFailure(this.socket, this);
  }

  destroy(): void {
    if (!this.closed) this.socket.destroy();
  }

  /** Closes at once, with RST if something that was written has not left. Returns whether so. */
  drop(): boolean {
    const cut = this.backlog > 0;
    if (cut) this.reset();
    else this.destroy();
    return cut;
  }

  private written(): void {
    this.returnBorrowed();
    if (this.copy !== undefined) {
      giveBuffer(this.copy);
      this.copy = undefined;
    }
    if (this.closed) return;
    try {
      this.owner.onDrain();
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** A bug of ours costs this connection and what hangs on it, not the worker. */
  private giveUp(error: unknown): void {
    reportBug(error);
    this.destroy();
  }

  private returnBorrowed(): void {
    const from = this.borrowedFrom;
    if (from === undefined) return;
    this.borrowedFrom = undefined;
    from.lentTo = undefined;
    if (from.closed) from.releaseBulk();
    else from.resume();
  }

  private releaseBulk(): void {
    if (this.buffer !== sharedBuffer) {
      if (this.lentTo === undefined) giveBuffer(this.buffer);
      else leaveBuffer(this.buffer);
    }
    if (this.closed) this.buffer = sharedBuffer;
  }
}

const connectOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: keepAliveDelay,
};
