import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { isIPv6 } from "node:net";

/** A UDP socket for addresses of the family that this one (an IP address) has. */
export function datagramSocket(
  address: string,
  options: Omit<SocketOptions, "type" | "lookup"> = {},
): Socket {
  return createSocket({ ...options, type: isIPv6(address) ? "udp6" : "udp4", lookup: asItIs });
}

/**
 * Node looks up the destination of every datagram that is sent; with the usual function that is a turn of the queue of ticks even
 * for an IP address. No other are used here.
 */
const asItIs: NonNullable<SocketOptions["lookup"]> = (address, family, callback) =>
  callback(null, address, family as number);

/** Asks the kernel for a larger buffer of datagrams that wait to be read; what it has instead must do. */
export function enlargeReceiveBuffer(socket: Socket, bytes: number): void {
  try {
    socket.setRecvBufferSize(bytes);
  } catch {
    // Some systems refuse what is above their maximum, where others give as much as they may.
  }
}

/** Bytes that a datagram takes in a queue besides its own. */
const perDatagram = 256;

/**
 * Keeps watch over what a socket has not sent yet: Node queues without end. The queue is looked at once for as many bytes as it may
 * hold, so it may hold up to twice that.
 */
export class SendQueue {
  private readonly socket: Socket;
  private readonly most: number;
  /** Sent since the queue was looked at. */
  private bytes = 0;

  constructor(socket: Socket, most: number) {
    this.socket = socket;
    this.most = most;
  }

  /** Whether a datagram of this size may be sent; otherwise it is to be dropped. */
  takes(length: number): boolean {
    this.bytes += length + perDatagram;
    if (this.bytes <= this.most) return true;
    if (this.socket.getSendQueueSize() >= this.most) return false;
    this.bytes = 0;
    return true;
  }
}
