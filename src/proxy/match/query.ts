import { fromWire } from "./text.ts";

/**
 * Parameters of a request target by name, decoded (`%XX` and `+`). Of a repeated parameter the first
 * value counts, as the specification recommends.
 */
export function parseQuery(target: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const mark = target.indexOf("?");
  if (mark < 0) return parameters;
  let start = mark + 1;
  while (start < target.length) {
    let end = target.indexOf("&", start);
    if (end < 0) end = target.length;
    if (end > start) {
      const equals = target.indexOf("=", start);
      const nameEnd = equals < 0 || equals > end ? end : equals;
      const name = decode(target.slice(start, nameEnd));
      if (!parameters.has(name)) parameters.set(name, decode(target.slice(nameEnd + 1, end)));
    }
    start = end + 1;
  }
  return parameters;
}

function decode(encoded: string): string {
  if (!/[%+\x80-\xff]/.test(encoded)) return encoded;
  const bytes = encoded
    .replaceAll("+", " ")
    // A percent sign that begins no escape stands for itself.
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return fromWire(bytes);
}
