import { listenerReceiveBuffer } from "../limits.ts";
import { datagramSocket, enlargeReceiveBuffer } from "../serve/udp/datagram-socket.ts";
import { FlowServer, type FlowRouting } from "../serve/udp/flow-server.ts";
import type { Flows } from "../serve/udp/flows.ts";
import { type BindError, canReusePort } from "./bind.ts";

/**
 * A UDP socket of this worker that listens. Every worker has its own on the same address and port (`SO_REUSEPORT`), and the kernel
 * gives all datagrams of a source to the same one. Where there is no `SO_REUSEPORT` the workers read from one socket, which
 * `node:cluster` opens in the process above them: datagrams of one source may come to several workers then. Each has a flow for it,
 * to the same endpoint, which sees as many ports.
 */
export class UdpBind<Table extends FlowRouting = FlowRouting> {
  readonly table: Table;
  private readonly server: FlowServer;

  private constructor(table: Table, server: FlowServer) {
    this.table = table;
    this.server = server;
  }

  /** Resolves to why it failed when the address cannot be bound. @param flows Of the worker. */
  static open<Table extends FlowRouting & { readonly address: string; readonly port: number }>(
    table: Table,
    flows: Flows,
  ): Promise<UdpBind<Table> | BindError> {
    const { address, port } = table;
    const socket = datagramSocket(address, { reusePort: canReusePort });
    return new Promise((resolve) => {
      let bound = false;
      socket.on("error", ({ code = "UNKNOWN", message }: NodeJS.ErrnoException) => {
        // An error of a single datagram is not the end of the socket.
        if (bound) return;
        bound = true;
        socket.close();
        resolve({ code, message });
      });
      socket.once("listening", () => {
        bound = true;
        enlargeReceiveBuffer(socket, listenerReceiveBuffer);
        resolve(new UdpBind(table, new FlowServer(socket, table, flows)));
      });
      socket.bind({ address, port, exclusive: canReusePort });
    });
  }

  /** Begins no flows any more, and closes when the last one has ended. */
  drain(): void {
    this.server.drain();
  }

  /** Flows and all. */
  close(): void {
    this.server.close();
  }
}
