import { createHash } from "node:crypto";

/** Short, the same for the same text, and another one for any other. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
