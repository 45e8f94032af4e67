import type { ResourceKey } from "../resources/resource.ts";

/** A user's mistake in a file, at the place where it can be repaired. */
export interface Problem {
  /** As the user named it, or below the folder that the user named. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  readonly message: string;
  /** What may stand there instead. */
  readonly allowed?: readonly string[];
  readonly suggestion?: string;
  /** The offending line, cut when it is very long; values of Secrets are left out. */
  readonly excerpt: string;
  readonly object?: ResourceKey;
  /** The last good version of what is at fault stays in force. */
  readonly keptLastGood: boolean;
  /** An error refuses its object; a warning does not. */
  readonly severity: "error" | "warning";
}

/** Objects of a kind that is not served are passed over; said once for every kind. */
export interface SkippedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  /** The current form, where the kind is an old one or looks mistyped. */
  readonly hint?: string;
}

/** More names than this are not a help. */
const SHOWN_NAMES = 24;

/**
 * For a terminal: `file:line:column: message`, the line with a caret below the column, what would be allowed.
 * Several lines, no newline at the end.
 */
export function formatProblem(problem: Problem): string {
  const { file, line, column, excerpt, allowed, suggestion, severity } = problem;
  const warning = severity === "warning" ? "warning: " : "";
  const lines = [`${file}:${line}:${column}: ${warning}${problem.message}`];
  if (excerpt !== "") {
    lines.push(`  ${excerpt}`);
    // Tabs stay tabs, so that the caret stands below its column.
    if (column <= excerpt.length + 1) lines.push(`  ${excerpt.slice(0, column - 1).replace(/[^\t]/g, " ")}^`);
  }
  if (suggestion !== undefined) lines.push(`  did you mean: ${suggestion}`);
  if (allowed !== undefined && allowed.length > 0) {
    const more = allowed.length > SHOWN_NAMES ? ", …" : "";
    lines.push(`  allowed: ${allowed.slice(0, SHOWN_NAMES).join(", ")}${more}`);
  }
  if (problem.keptLastGood) lines.push("  the last good version stays in force");
  return lines.map(printable).join("\n");
}

/** A file may hold anything, a terminal must not obey it. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}
