import { fieldOf } from "../objects/fault.ts";

interface Frame {
  /** Of an object: the names that it has had so far. */
  readonly names: Set<string> | undefined;
  /** Where in the list or object the scan is. */
  at: string | number;
}

/**
 * Fields that stand twice in one object of a JSON text, as `spec.rules[0].name`: parsers keep the last and say nothing.
 * The text must be valid JSON; the scan is linear.
 */
export function duplicateFields(text: string): readonly string[] {
  const found: string[] = [];
  const frames: Frame[] = [];
  let isName = false;
  for (let position = 0; position < text.length; position++) {
    const top = frames.at(-1);
    switch (text[position]) {
      case "{":
        frames.push({ names: new Set(), at: "" });
        isName = true;
        break;
      case "[":
        frames.push({ names: undefined, at: 0 });
        isName = false;
        break;
      case "}":
      case "]":
        frames.pop();
        break;
      case ",":
        if (typeof top?.at === "number") top.at++;
        else isName = true;
        break;
      case '"': {
        const end = endOfString(text, position);
        if (isName && top?.names !== undefined) {
          const name = JSON.parse(text.slice(position, end + 1)) as string;
          top.at = name;
          if (top.names.has(name)) found.push(fieldOf(frames.map(({ at }) => at)));
          top.names.add(name);
          isName = false;
        }
        position = end;
        break;
      }
    }
  }
  return found;
}

/** Index of the quote that ends the string which begins here. */
function endOfString(text: string, start: number): number {
  for (let end = start + 1; end < text.length; end++) {
    if (text[end] === '"') return end;
    if (text[end] === "\\") end++;
  }
  return text.length;
}
