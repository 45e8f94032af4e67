import type { Denial } from "../../auth/verdict.ts";
import { isField } from "../../filter/header-modifier.ts";

/** Fields that frame an answer or belong to its connection, and those that the proxy writes itself: not an authorization server's to say. */
const ours: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The field lines of a denial, as the client gets it. `own` are lines that every answer to the request has: CORS, without which a browser
 * does not let its page see the denial.
 */
export function denialLines({ fields }: Denial, own: string): string {
  let lines = own;
  for (const [name, value] of fields) {
    const lowerName = name.toLowerCase();
    if (ours.has(lowerName) || (own !== "" && lowerName.startsWith("access-control-"))) continue;
    if (isField({ name, value })) lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
