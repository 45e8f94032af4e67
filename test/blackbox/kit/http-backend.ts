import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A backend on `node:http`: somebody else's reading of the standard. */
export class HttpBackend {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(t: TestContext, listener: RequestListener): Promise<HttpBackend> {
    const server = createServer({ keepAliveTimeout: 60_000 }, listener);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return new HttpBackend(server);
  }
}
