import { tryBind, type Transport } from "../std/try-bind.ts";

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

export const probeBind: Probe = async (address, port, transport) =>
  verdictOf(await tryBind(address, port, transport));

function verdictOf(error: NodeJS.ErrnoException | undefined): Verdict {
  if (error === undefined) return "free";
  if (error.code === "EADDRINUSE") return "taken";
  if (error.code === "EACCES" || error.code === "EPERM") return "denied";
  return "absent";
}
