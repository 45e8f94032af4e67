import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { Random } from "../../../fuzz/random.ts";
import type { Ending } from "./peer.ts";
import { allTaken } from "./unacknowledged.ts";

/** Bytes that do not repeat themselves soon, from which every stream is a piece. */
const noise = Buffer.alloc(1 << 20);
{
  const random = new Random(1);
  for (let i = 0; i < noise.length; i++) noise[i] = random.below(256);
}

/** The bytes `[at, at + length)` of the stream with this number. */
export function piece(stream: number, at: number, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let done = 0; done < length;) {
    const from = (stream * 7919 + at + done) % noise.length;
    const part = noise.subarray(from, Math.min(noise.length, from + length - done));
    parts.push(part);
    done += part.length;
  }
  return Buffer.concat(parts);
}

/** Writes a stream of so many bytes in pieces of all sizes, with pauses, then FIN; or, when all has been taken, RST. */
export async function writeStream(
  socket: Socket,
  stream: number,
  length: number,
  random: Random,
  ending: Ending = "end",
): Promise<void> {
  for (let at = 0; at < length;) {
    const size = Math.min(length - at, 1 + Math.floor(random.next() ** 3 * 100_000));
    const room = socket.write(piece(stream, at, size));
    at += size;
    if (!room) await once(socket, "drain");
    else if (random.chance(0.3)) await new Promise(setImmediate);
  }
  if (ending === "end") return void socket.end();
  await allTaken(socket);
  socket.resetAndDestroy();
}

/** Reads to the end that is expected, with pauses, and compares every byte with the stream. */
export function readStream(
  socket: Socket,
  stream: number,
  length: number,
  random: Random,
  ending: Ending = "end",
): Promise<void> {
  let at = 0;
  return new Promise((resolve, reject) => {
    socket.on("data", (bytes: Buffer) => {
      if (!bytes.equals(piece(stream, at, bytes.length)))
        reject(new Error(`stream ${stream} differs at ${at}`));
      at += bytes.length;
      if (!random.chance(0.1)) return;
      socket.pause();
      setImmediate(() => socket.resume());
    });
    const over = (how: Ending): void => {
      try {
        assert.deepEqual([how, at], [ending, length], `stream ${stream}`);
        resolve();
      } catch (error) {
        reject(error);
      }
    };
    socket.on("end", () => over("end"));
    socket.on("error", () => over("reset"));
  });
}
