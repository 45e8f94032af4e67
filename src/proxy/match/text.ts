/**
 * A head is read as latin1: one character per byte. What users write in a program is text, which
 * travels as UTF-8. These two bring one to the form of the other.
 */

/** The bytes that `text` travels as, one character per byte. */
export function toWire(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The text that these bytes are; bytes that are no UTF-8 become U+FFFD. */
export function fromWire(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
