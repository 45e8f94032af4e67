import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** Ports of the two are different ports, though they have the same numbers. */
export type Transport = "TCP" | "UDP";

/** Whether an address and port can be bound by this process right now. */
export type Verdict =
  | "free"
  /** Another socket has it. */
  | "taken"
  /** Binding this port takes a privilege that the user has not. */
  | "denied"
  /** The machine has no such address. */
  | "absent";

export type Probe = (address: string, port: number, transport: Transport) => Promise<Verdict>;

/**
 * Asks the system by binding for real, for a moment and exclusively: permissions, address ranges and
 * other processes are known to nobody else.
 */
export const probeBind: Probe = (address, port, transport) =>
  transport === "TCP" ? probeTCP(address, port) : probeUDP(address, port);

function probeTCP(address: string, port: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(verdictOf(error)));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve("free")));
  });
}

function probeUDP(address: string, port: number): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    socket.once("error", (error: NodeJS.ErrnoException) => socket.close(() => resolve(verdictOf(error))));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve("free")));
  });
}

function verdictOf(error: NodeJS.ErrnoException): Verdict {
  if (error.code === "EADDRINUSE") return "taken";
  if (error.code === "EACCES" || error.code === "EPERM") return "denied";
  return "absent";
}
