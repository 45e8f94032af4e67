import { hash } from "node:crypto";
import { hashText } from "../../match/hash.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";

/** Where a source stands: the same in every worker that has the same seed, and unknown to whoever picks its ports. */
export interface Place {
  /** At least 0 and below 1: which destination. */
  readonly fraction: number;
  /** 32 bits: which of its endpoints. */
  readonly point: number;
}

/** A digest and not one of the quick hashes, so that nobody finds sources that all land on one endpoint. It is made once a flow. */
export function placeOf(seed: number, address: string, port: number): Place {
  const digest = hash("sha256", `${seed} ${address} ${port}`, "buffer");
  return { fraction: digest.readUInt32LE(0) / 2 ** 32, point: digest.readInt32LE(4) };
}

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): the endpoint with the highest score for this place. When others come or go, a
 * place keeps its endpoint unless a newcomer has a higher score. `undefined` when all were tried.
 */
export function chooseEndpoint(
  endpoints: readonly Endpoint[],
  point: number,
  tried: ReadonlySet<Endpoint> | undefined,
): Endpoint | undefined {
  const hashes = hashesOf(endpoints);
  let best: Endpoint | undefined;
  let highest = -1;
  for (let i = 0; i < endpoints.length; i++) {
    const score = scramble(point ^ hashes[i]!);
    if (score <= highest || tried?.has(endpoints[i]!)) continue;
    highest = score;
    best = endpoints[i];
  }
  return best;
}

/** Lists of endpoints are replaced, never changed. */
const known = new WeakMap<readonly Endpoint[], Int32Array>();

function hashesOf(endpoints: readonly Endpoint[]): Int32Array {
  let hashes = known.get(endpoints);
  if (hashes === undefined) {
    hashes = Int32Array.from(endpoints, ({ key }) => scramble(hashText(0, key)));
    known.set(endpoints, hashes);
  }
  return hashes;
}

/** Every bit of the result depends on every bit of the number (the end of MurmurHash3). Unsigned. */
function scramble(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
