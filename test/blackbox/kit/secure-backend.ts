import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";

/** A backend that speaks TLS and says everything back. */
export class SecureBackend {
  readonly host = "127.0.0.1";
  readonly port: number;
  /** Connections whose handshake came to its end. */
  readonly accepted: readonly TLSSocket[];

  private constructor(port: number, accepted: readonly TLSSocket[]) {
    this.port = port;
    this.accepted = accepted;
  }

  static async start(t: TestContext, options: TlsOptions): Promise<SecureBackend> {
    const accepted: TLSSocket[] = [];
    const server = createServer(options, (socket) => {
      accepted.push(socket);
      socket.on("error", () => undefined);
      socket.pipe(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.close();
      for (const socket of accepted) socket.destroy();
    });
    return new SecureBackend((server.address() as AddressInfo).port, accepted);
  }
}
