import type { Transport } from "../std/try-bind.ts";
import type { Verdict } from "./probe.ts";

/** Ports below take a privilege on most systems; only they are ever shifted (as `Placement.portOffset` says). */
export const firstUnprivilegedPort = 1024;

/** 80 becomes 8080 and 443 becomes 8443, which everybody knows; then 18080, 28080 … */
const firstOffset = 8000;
const nextOffset = 10_000;
const offsets = [0, ...Array.from({ length: 6 }, (_, n) => firstOffset + n * nextOffset)];

export function boundPort(port: number, offset: number): number {
  return port < firstUnprivilegedPort ? port + offset : port;
}

/** A port as a listener's spec has it, or as it is bound. */
export interface Port {
  readonly transport: Transport;
  readonly port: number;
}

export interface ChosenOffset {
  readonly offset: number;
  /** Why a smaller offset would not do. */
  readonly why?: "denied" | "taken";
}

/**
 * The first offset with which all ports below 1024 can be bound. `held` is tried first: it is where the
 * Gateway is now. When nothing is free, the smallest that is permitted: the listeners then say what is taken.
 */
export async function chooseOffset(
  ports: readonly Port[],
  held: number | undefined,
  ask: (port: Port) => Promise<Verdict>,
): Promise<ChosenOffset> {
  const distinct = [...new Map(ports.map((one) => [nameOf(one), one])).values()];
  const low = distinct.filter(({ port }) => port < firstUnprivilegedPort);
  if (low.length === 0) return { offset: held ?? 0 };
  const high = new Set(distinct.filter(({ port }) => port >= firstUnprivilegedPort).map(nameOf));
  if (held !== undefined && (await judge(low, high, held, ask)) === "free") return { offset: held };
  let why: "denied" | "taken" | undefined;
  let permitted: number | undefined;
  for (const offset of offsets) {
    const verdict = await judge(low, high, offset, ask);
    if (verdict === "free") return { offset, ...(why !== undefined && { why }) };
    if (verdict === "taken") permitted ??= offset;
    if (why === undefined && verdict !== "absent") why = verdict;
  }
  return { offset: permitted ?? 0, ...(why === "denied" && permitted !== undefined && { why }) };
}

async function judge(
  low: readonly Port[],
  high: ReadonlySet<string>,
  offset: number,
  ask: (port: Port) => Promise<Verdict>,
): Promise<Verdict> {
  // "denied" goes before "taken": it holds for ever, and for other reasons.
  let worst: Verdict = "free";
  for (const { transport, port } of low) {
    const bound = { transport, port: port + offset };
    const verdict = offset > 0 && high.has(nameOf(bound)) ? "taken" : await ask(bound);
    if (verdict === "denied") return verdict;
    if (verdict !== "free") worst = verdict;
  }
  return worst;
}

/** `80`, or `53/UDP`. */
export function nameOf({ transport, port }: Port): string {
  return transport === "TCP" ? `${port}` : `${port}/${transport}`;
}
