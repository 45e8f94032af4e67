import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** Ports of the two are different ports, though they have the same numbers. */
export type Transport = "TCP" | "UDP";

/**
 * Asks the system whether an address and port can be bound, by binding for real, for a moment and exclusively: permissions, address
 * ranges and other processes are known to nobody else. Resolves to what is in the way.
 * @param port 0 asks for the address only.
 */
export function tryBind(
  address: string,
  port: number,
  transport: Transport,
): Promise<NodeJS.ErrnoException | undefined> {
  return transport === "TCP" ? tryTCP(address, port) : tryUDP(address, port);
}

function tryTCP(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function tryUDP(address: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    socket.once("error", (error: NodeJS.ErrnoException) => socket.close(() => resolve(error)));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
