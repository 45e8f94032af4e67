/** One YAML document of a file as it is written. */
export interface Document {
  readonly text: string;
  /** Line of the file where the text begins, from 0. */
  readonly line: number;
  /** The `---` before it was forgotten. */
  readonly unseparated: boolean;
}

const HYPHEN = 0x2d;
const DOT = 0x2e;

/**
 * Cuts a file at its document markers before anything is parsed, so that a syntax error stays in its document.
 * YAML 1.2 §9.1.2 makes this safe: `---` and `...` at the start of a line never belong to content.
 * A second `apiVersion:` at the start of a line begins a new object too: otherwise it could only be a mistake.
 */
export function splitDocuments(text: string): Document[] {
  const documents: Document[] = [];
  let start = 0;
  let startLine = 0;
  let unseparated = false;
  let content = false;
  let versions = 0;

  const cut = (end: number) => {
    if (content) documents.push({ text: text.slice(start, end), line: startLine, unseparated });
    content = false;
    unseparated = false;
    versions = 0;
  };

  let line = 0;
  for (let at = 0; at < text.length; line++) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    if (isMarker(text, at, HYPHEN)) {
      cut(at);
      start = at;
      startLine = line;
      content = text.slice(at + 3, end).trim() !== "";
    } else if (isMarker(text, at, DOT)) {
      cut(at);
      start = end;
      startLine = line + 1;
    } else if (text.startsWith("apiVersion:", at) && ++versions > 1) {
      cut(at);
      start = at;
      startLine = line;
      unseparated = true;
      content = true;
      versions = 1;
    } else {
      content ||= hasContent(text, at, end);
    }
    at = end;
  }
  cut(text.length);
  return documents;
}

/** Three of the character at the start of a line, and nothing glued to them. */
function isMarker(text: string, at: number, character: number): boolean {
  for (let offset = 0; offset < 3; offset++) {
    if (text.charCodeAt(at + offset) !== character) return false;
  }
  const after = text[at + 3];
  return after === undefined || after === " " || after === "\t" || after === "\r" || after === "\n";
}

/** Not blank, not a comment, not a directive. */
function hasContent(text: string, start: number, end: number): boolean {
  if (text[start] === "%") return false;
  for (let at = start; at < end; at++) {
    const character = text[at];
    if (character === " " || character === "\t" || character === "\r" || character === "\n") continue;
    return character !== "#";
  }
  return false;
}
