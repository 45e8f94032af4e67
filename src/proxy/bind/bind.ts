import { createServer, type Server } from "node:net";
import { reportBug } from "../../std/bug.ts";
import { listenBacklog } from "../limits.ts";
import type { BindTable } from "../match/match.ts";
import { acceptConnection } from "../serve/accept.ts";
import type { ServeContext } from "../serve/context.ts";
import { type Handle, onHandle, socketOf } from "../transport/handle.ts";
import type { Terminators } from "../tls/terminators.ts";

/** Why a socket could not be bound: `code` as the system names it. */
export interface BindError {
  readonly code: string;
  readonly message: string;
}

/**
 * A listening socket of this worker. Every worker has its own on the same address and port (`SO_REUSEPORT`), so the kernel
 * spreads connections and no process stands between them.
 */
export class Bind {
  readonly table: BindTable;
  private readonly server: Server;

  private constructor(table: BindTable, server: Server) {
    this.table = table;
    this.server = server;
  }

  /**
   * Resolves to why it failed when the address cannot be bound.
   * @param terminators Where they have listeners for the address and port, every connection begins with TLS.
   */
  static open(table: BindTable, context: ServeContext, terminators: Terminators): Promise<Bind | BindError> {
    const server = createServer({ pauseOnConnect: true });
    const accept = (handle: Handle): void => {
      try {
        acceptConnection(handle, table, context, terminators.at(table.address, table.port));
      } catch (error) {
        reportBug(error);
        socketOf(handle).destroy();
      }
    };
    return new Promise((resolve) => {
      const fail = (error: NodeJS.ErrnoException) =>
        resolve({ code: error.code ?? "UNKNOWN", message: error.message });
      server.once("error", fail);
      server.listen(
        {
          host: table.address,
          port: table.port,
          backlog: listenBacklog,
          reusePort: canReusePort,
          exclusive: canReusePort,
        },
        () => {
          server.off("error", fail);
          // An error of a single accept (EMFILE) is not the end of the socket.
          server.on("error", () => undefined);
          onHandle(server, accept);
          resolve(new Bind(table, server));
        },
      );
    });
  }

  /** What was accepted goes on. */
  drain(): void {
    this.close();
  }

  close(): void {
    this.server.close();
  }
}

/**
 * Where the kernel has `SO_REUSEPORT` with balancing. Elsewhere the workers share one socket, which `node:cluster` opens
 * in the process above them. The variable is for tests of that other way.
 */
export const canReusePort: boolean =
  process.env["GATEWRIGHT_SHARED_SOCKETS"] === undefined &&
  ["linux", "freebsd", "dragonfly", "sunos", "aix"].includes(process.platform);
