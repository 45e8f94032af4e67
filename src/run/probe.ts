import { createServer } from "node:net";

/** Whether a TCP address and port can be bound by this process right now. */
export type Verdict =
  | "free"
  /** Another socket has it. */
  | "taken"
  /** Binding this port takes a privilege that the user has not. */
  | "denied"
  /** The machine has no such address. */
  | "absent";

export type Probe = (address: string, port: number) => Promise<Verdict>;

/**
 * Asks the system by binding for real, for a moment and exclusively: permissions, address ranges and
 * other processes are known to nobody else.
 */
export const probeBind: Probe = (address, port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(verdictOf(error)));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve("free")));
  });

function verdictOf(error: NodeJS.ErrnoException): Verdict {
  if (error.code === "EADDRINUSE") return "taken";
  if (error.code === "EACCES" || error.code === "EPERM") return "denied";
  return "absent";
}
