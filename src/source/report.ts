import type { Path } from "../resources/schema/schema.ts";
import type { FieldError } from "../resources/schema/validate.ts";
import { Lines } from "./lines.ts";
import type { Tree } from "./tree.ts";

/** A problem inside a document: lines and columns count from its beginning, from 0. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly allowed?: readonly string[];
  readonly suggestion?: string;
  readonly excerpt: string;
  readonly severity: "error" | "warning";
}

/** Characters of a line that are shown: what fits a wide terminal. */
const EXCERPT_LENGTH = 160;

/** Plain words that YAML 1.1, and with it kubectl, takes for true and false. */
const OLD_TRUE = /^(y|yes|on)$/i;
const OLD_FALSE = /^(n|no|off)$/i;
/** Whether a text can hold one at all: most cannot, and are not searched. */
const OLD_WORDS = /[\s[{,:-](y|yes|on|n|no|off)[ \t]*(#.*|[\]},].*)?\r?$/im;

/** Writes faults of one document, with places and excerpts. */
export class Report {
  private readonly text: string;
  private readonly secret: boolean;
  /** Without the white space at the end, where nobody looks for a mistake. */
  private readonly length: number;
  private lines: Lines | undefined;

  constructor(text: string) {
    this.text = text;
    this.length = text.trimEnd().length;
    this.secret = /["']?kind["']?\s*:\s*["']?Secret/.test(text);
  }

  /** Where an object begins, and how. */
  start(offset: number): { readonly line: number; readonly column: number; readonly excerpt: string } {
    const place = this.place(offset);
    return { ...place, excerpt: this.excerpt(place.line) };
  }

  private place(offset: number): { readonly line: number; readonly column: number } {
    this.lines ??= new Lines(this.text);
    return this.lines.place(Math.min(offset, this.length));
  }

  fault(offset: number, message: string): Fault {
    return { ...this.start(offset), message, severity: "error" };
  }

  warning(offset: number, message: string): Fault {
    return { ...this.fault(offset, message), severity: "warning" };
  }

  /** The parser's words may repeat the text, which must not happen with a Secret. */
  syntax(offset: number, message: string): Fault {
    return this.fault(offset, this.secret ? "Not valid YAML" : message);
  }

  field(tree: Tree, error: FieldError, at: Path): Fault {
    const path = [...at, ...error.path];
    const { allowed, suggestion } = error;
    const shown = showPath(error.path);
    const message = error.message + quoteHint(tree.value, path, error);
    return {
      ...this.fault(tree.locate(path, error.where), shown === "" ? message : `${shown}: ${message}`),
      ...(allowed !== undefined && { allowed }),
      ...(suggestion !== undefined && { suggestion }),
    };
  }

  /** Words that mean something else to kubectl; `errors` have been reported already. */
  oldYaml(tree: Tree, errors: readonly Fault[]): Fault[] {
    const faults: Fault[] = [];
    if (!OLD_WORDS.test(this.text)) return faults;
    for (const { offset, source, value } of tree.plainScalars()) {
      if (typeof value !== "string" || !(OLD_TRUE.test(source) || OLD_FALSE.test(source))) continue;
      const meaning = OLD_TRUE.test(source);
      const fault = this.warning(offset, `kubectl reads ${source} as ${meaning}: put it in quotes`);
      const known = errors.some((error) => error.line === fault.line && error.column === fault.column);
      if (!known) faults.push(fault);
    }
    return faults;
  }

  private excerpt(line: number): string {
    this.lines ??= new Lines(this.text);
    const text = this.lines.line(line);
    if (this.secret)
      return text.replace(/^([^:]*:?).*$/s, (_, key: string) => (key.endsWith(":") ? `${key} …` : "…"));
    return text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text;
  }
}

/** Quotes too many or too few are the usual cause of a wrong type. */
function quoteHint(root: unknown, path: Path, { expected }: FieldError): string {
  if (expected === undefined) return "";
  let value = root;
  for (const segment of path) value = (value as Record<string | number, unknown>)[segment];
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return "; put it in quotes";
  }
  if (typeof value !== "string") return "";
  if (expected === "integer" && /^[0-9]+$/.test(value)) return "; remove the quotes";
  if (expected !== "boolean") return "";
  if (/^(true|false)$/.test(value)) return "; remove the quotes";
  return OLD_TRUE.test(value) ? "; write true" : OLD_FALSE.test(value) ? "; write false" : "";
}

/** `spec.rules[0].matches`; names that are no words in brackets and quotes. */
function showPath(path: Path): string {
  let shown = "";
  for (const segment of path) {
    if (typeof segment === "number") shown += `[${segment}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(segment)) shown += `[${JSON.stringify(segment)}]`;
    else shown += shown === "" ? segment : `.${segment}`;
  }
  return shown;
}
