import { maxWaitingBytes, maxWaitingDatagrams } from "../../limits.ts";

/** Bytes of all datagrams of a worker that wait for a socket. */
export class WaitingRoom {
  bytes = 0;
}

/** The datagrams of one flow that wait: a few, and only while there is room for them. */
export class Waiting {
  private readonly room: WaitingRoom;
  private datagrams: Buffer[] = [];

  constructor(room: WaitingRoom) {
    this.room = room;
  }

  get count(): number {
    return this.datagrams.length;
  }

  add(datagram: Buffer): void {
    const { room, datagrams } = this;
    if (datagrams.length >= maxWaitingDatagrams || room.bytes + datagram.length > maxWaitingBytes) return;
    room.bytes += datagram.length;
    datagrams.push(datagram);
  }

  /** All of them, in the order in which they came. */
  take(): readonly Buffer[] {
    const taken = this.datagrams;
    this.datagrams = [];
    for (const { length } of taken) this.room.bytes -= length;
    return taken;
  }
}
