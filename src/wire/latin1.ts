interface WithLatin1 {
  latin1Slice(start: number, end: number): string;
}

/** The bytes as text, one character each. A method that every Buffer has and its types do not show. */
export function latin1(buffer: Uint8Array, start: number, end: number): string {
  return (buffer as unknown as WithLatin1).latin1Slice(start, end);
}
