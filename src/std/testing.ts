import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Runs the garbage collector, for tests of what is held: when it runs by itself is a matter of chance. */
export const collect = runInNewContext("gc") as () => void;

/**
 * Bytes that are held: objects and buffers, without what is garbage already. The resident size would say when the collector ran, not
 * what anybody keeps.
 */
export function heldMemory(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
