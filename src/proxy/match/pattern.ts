import { RE2JS } from "re2js";

/** A regular expression in RE2 syntax, which takes time linear in the text; it must match the whole text. */
export class Pattern {
  readonly source: string;
  private readonly compiled: RE2JS;

  /** Throws what the library throws when `source` is not RE2 syntax; see `compilePattern`. */
  constructor(source: string) {
    this.source = source;
    this.compiled = RE2JS.compile(source);
  }

  test(text: string): boolean {
    return this.compiled.testExact(text);
  }
}

/** `undefined` when `source` is not RE2 syntax. */
export function compilePattern(source: string): Pattern | undefined {
  try {
    return new Pattern(source);
  } catch {
    return undefined;
  }
}

/**
 * The whole segments that every path matching the pattern begins with: `/api/v1` for `/api/v1/users/\d+`,
 * `""` when there are none that are easy to see. The pattern is then tried below that prefix only.
 */
export function literalPrefix(source: string): string {
  if (hasAlternativesAtTop(source)) return "";
  let i = source.startsWith("^") ? 1 : 0;
  let literal = "";
  while (i < source.length) {
    let character = source.charAt(i);
    if (character === "\\") {
      character = source.charAt(i + 1);
      // `\d`, `\Q`, `\x41` ...: letters and digits after a backslash mean something.
      if (!/^[!-/:-@[-`{-~]$/.test(character)) break;
      i++;
    } else if (".[]()|^$*+?{}".includes(character)) {
      break;
    }
    i++;
    // A quantifier may take the character away again.
    if ("*?{+".includes(source.charAt(i)) && i < source.length) break;
    literal += character;
  }
  const cut = literal.lastIndexOf("/");
  return cut <= 0 || !literal.startsWith("/") ? "" : literal.slice(0, cut);
}

function hasAlternativesAtTop(source: string): boolean {
  // Quoting hides what follows from this reader.
  if (source.includes("\\Q")) return true;
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const character = source.charAt(i);
    if (character === "\\") i++;
    else if (character === "[") i = endOfClass(source, i);
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) return true;
  }
  return false;
}

/** Index of the `]` that closes the class opened at `start`. One right after the opening belongs to the class. */
function endOfClass(source: string, start: number): number {
  let i = source.charAt(start + 1) === "^" ? start + 2 : start + 1;
  if (source.charAt(i) === "]") i++;
  while (i < source.length && source.charAt(i) !== "]") i += source.charAt(i) === "\\" ? 2 : 1;
  return i;
}
