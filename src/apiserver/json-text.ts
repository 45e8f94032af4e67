/** Characters that have a meaning in HTML or end a line of JavaScript. */
const ESCAPED = /[<>&\u2028\u2029]/;

/**
 * JSON as Kubernetes writes it: `&` and its like only as escapes. Clients compare parts of answers byte by byte: a
 * DaemonSet's controller finds its own revisions by that.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (!ESCAPED.test(text)) return text;
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
