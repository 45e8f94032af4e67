import { createSocket, type Socket } from "node:dgram";
import type { HostPort } from "../host-port.ts";
import type { EchoPort } from "../overlay/played-services.ts";
import type { Echo } from "./echo-servers.ts";

const loopback = "127.0.0.1";

/** Sends every datagram back to whom it came from. It listens where an echo server of TCP would. */
export class UDPEchoServer implements Echo {
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    // A client that has gone in the meantime (ICMP) is no event here.
    socket.on("error", () => undefined);
    socket.on("message", (datagram, { address, port }) => socket.send(datagram, port, address));
  }

  static async open({ clusterIP, port }: EchoPort): Promise<UDPEchoServer> {
    const own =
      clusterIP === undefined ? undefined : await bind({ host: clusterIP, port }).catch(() => undefined);
    return new UDPEchoServer(own ?? (await bind({ host: loopback, port: 0 })));
  }

  get target(): HostPort {
    const { address, port } = this.socket.address();
    return { host: address, port };
  }

  /** Nothing runs on that would have to be finished. */
  close(): void {
    this.socket.close();
  }

  abort(): void {
    this.close();
  }
}

/** Rejects when this machine has not the address, or the port is taken or not allowed. */
function bind({ host, port }: HostPort): Promise<Socket> {
  const bound = Promise.withResolvers<Socket>();
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.once("error", (error) => {
    socket.close();
    bound.reject(error);
  });
  socket.bind({ address: host, port, exclusive: true }, () => {
    socket.removeAllListeners("error");
    bound.resolve(socket);
  });
  return bound.promise;
}
