import { Socket } from "node:net";
import type { Peer } from "./peer.ts";

interface WithHandles {
  _getActiveHandles(): readonly object[];
}

/** Bytes that wait in the proxy, which runs in this process, to be written to this peer. */
export function backlogTo({ socket }: Pick<Peer, "socket">): number {
  const other = (process as unknown as WithHandles)
    ._getActiveHandles()
    .find(
      (handle) =>
        handle instanceof Socket &&
        handle.localPort === socket.remotePort &&
        handle.remotePort === socket.localPort &&
        handle.localAddress === socket.remoteAddress,
    );
  return other === undefined ? 0 : (other as Socket).writableLength;
}
