/** Ports below are shifted by the placement's offset, since binding them takes privileges. */
const firstUnprivilegedPort = 1024;

/**
 * The ports that a Gateway's listeners are bound to. The shift may lead onto the port of another listener: the
 * one that was not shifted has it, and what came earlier stays.
 */
export class BoundPorts {
  private readonly offset: number;
  /** Bound port → the port in the spec that it stands for. */
  private readonly holders = new Map<number, number>();

  constructor(offset: number) {
    this.offset = offset;
  }

  /** Takes in the ports of one more object. */
  add(ports: readonly number[]): void {
    const shiftedLast = ports.toSorted((a, b) => Number(this.isShifted(a)) - Number(this.isShifted(b)));
    for (const port of shiftedLast) {
      const bound = this.boundPort(port);
      if (!this.holders.has(bound)) this.holders.set(bound, port);
    }
  }

  boundPort(port: number): number {
    return port < firstUnprivilegedPort ? port + this.offset : port;
  }

  /** Another port of the specs that has the bound port of this one. */
  rival(port: number): number | undefined {
    const holder = this.holders.get(this.boundPort(port));
    return holder === port ? undefined : holder;
  }

  private isShifted(port: number): boolean {
    return this.boundPort(port) !== port;
  }
}
