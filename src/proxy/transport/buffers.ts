import { bulkBufferBytes, maxBulkBuffers, readBufferBytes } from "../limits.ts";

const spare: Buffer[] = [];

/** Large buffers that are in use. */
let taken = 0;

/**
 * The one buffer into which every connection reads unless it moves a large body. What lies in it is
 * acted upon before the next read, so sharing is safe and an idle connection holds no memory.
 */
export const sharedBuffer: Buffer = Buffer.allocUnsafeSlow(readBufferBytes);

/**
 * A buffer for a large body. When many are in use already, because many peers read slowly or on purpose not at all, it is a small
 * one: bodies then cost more time, not more memory.
 */
export function takeBuffer(): Buffer {
  const kept = spare.pop();
  if (kept === undefined && taken >= maxBulkBuffers) return Buffer.allocUnsafeSlow(readBufferBytes);
  taken++;
  return kept ?? Buffer.allocUnsafeSlow(bulkBufferBytes);
}

/** Gives a buffer back. Nothing may be waiting to be written from it. */
export function giveBuffer(buffer: Buffer): void {
  if (buffer.length !== bulkBufferBytes) return;
  taken--;
  spare.push(buffer);
}

/** Something may still be written from this buffer: it is left to the garbage collector. */
export function leaveBuffer(buffer: Buffer): void {
  if (buffer.length === bulkBufferBytes) taken--;
}
