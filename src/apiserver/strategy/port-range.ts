import { randomInt } from "node:crypto";

const FIRST = 30_000;
const LAST = 32_767;

/** Node ports: numbers that are handed out at random, as Kubernetes does. */
export class PortRange {
  readonly text = `${FIRST}-${LAST}`;
  private readonly used = new Set<number>();

  includes(port: number): boolean {
    return port >= FIRST && port <= LAST;
  }

  /** A port that nobody holds and that is not among `chosen`; undefined when none is left. */
  findFree(chosen: ReadonlySet<number>): number | undefined {
    const size = LAST - FIRST + 1;
    const start = randomInt(size);
    for (let step = 0; step < size; step++) {
      const port = FIRST + ((start + step) % size);
      if (!this.used.has(port) && !chosen.has(port)) return port;
    }
    return undefined;
  }

  /** False when it is taken already, or not of this range. */
  take(port: number): boolean {
    if (!this.includes(port) || this.used.has(port)) return false;
    this.used.add(port);
    return true;
  }

  release(port: number): void {
    this.used.delete(port);
  }
}
