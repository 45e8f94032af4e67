import type { Transport } from "./protocol.ts";

/** Ports below are shifted by the placement's offset, since binding them takes privileges. */
const firstUnprivilegedPort = 1024;

/** A port as a listener's spec has it. */
export interface SpecPort {
  readonly transport: Transport;
  readonly port: number;
}

/**
 * The ports that a Gateway's listeners are bound to. The shift may lead onto the port of another listener: the
 * one that was not shifted has it, and what came earlier stays.
 */
export class BoundPorts {
  private readonly offset: number;
  /** Bound port of a transport → the port in the spec that it stands for. */
  private readonly holders = new Map<string, number>();

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Takes in the ports of one more object. */
  add(ports: readonly SpecPort[]): void {
    const shiftedLast = ports.toSorted((a, b) => Number(this.isShifted(a)) - Number(this.isShifted(b)));
    for (const one of shiftedLast) {
      const bound = this.placeOf(one);
      if (!this.holders.has(bound)) this.holders.set(bound, one.port);
    }
  }

  boundPort(port: number): number {
    return port < firstUnprivilegedPort ? port + this.offset : port;
  }

  /** Another port of the specs that has the bound port of this one. */
  rival(one: SpecPort): number | undefined {
    const holder = this.holders.get(this.placeOf(one));
    return holder === one.port ? undefined : holder;
  }

  private placeOf({ transport, port }: SpecPort): string {
    return `${transport} ${this.boundPort(port)}`;
  }

  private isShifted({ port }: SpecPort): boolean {
    return this.boundPort(port) !== port;
  }
}
