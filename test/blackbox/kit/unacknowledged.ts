import { readFileSync } from "node:fs";
import type { Socket } from "node:net";

/** As Linux writes an IPv4 address and a port. */
function place(address: string, port: number): string {
  const bytes = Buffer.from(address.split(".").map(Number).toReversed()).toString("hex");
  return `${bytes}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}

/** Bytes that the kernel of one end has been given and the other's has not taken, as Linux says it. IPv4 only. */
function unacknowledged(from: string, to: string): number {
  const row = ` ${from} ${to} `;
  const table = readFileSync("/proc/self/net/tcp", "latin1");
  const at = table.indexOf(row);
  // Behind it: two digits of the state.
  return at < 0 ? 0 : Number.parseInt(table.slice(at + row.length + 3, at + row.length + 11), 16);
}

/** Bytes that the other end's kernel holds for this end, which does not read. */
export function heldFor({ localAddress, localPort, remoteAddress, remotePort }: Socket): number {
  return unacknowledged(place(remoteAddress!, remotePort!), place(localAddress!, localPort!));
}

/** Resolves when everything that was written here is in the other end's kernel: a reset takes none of it back. */
export async function allTaken(socket: Socket): Promise<void> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  const [own, other] = [place(localAddress!, localPort!), place(remoteAddress!, remotePort!)];
  while (socket.writableLength > 0 || unacknowledged(own, other) > 0) await new Promise(setImmediate);
}
