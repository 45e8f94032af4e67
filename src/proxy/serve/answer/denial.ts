import type { Denial } from "../../auth/verdict.ts";
import { isField, isTouchable } from "../../filter/header-modifier.ts";

/**
 * The field lines of a denial, as the client gets it. `own` are lines that every answer to the request has: CORS, without which a browser
 * does not let its page see the denial.
 */
export function denialLines({ fields }: Denial, own: string): string {
  let lines = own;
  for (const [name, value] of fields) {
    const lowerName = name.toLowerCase();
    // Fields that frame an answer or belong to its connection, and the one that the proxy writes, are not an authorization server's to say.
    if (!isTouchable(name) || lowerName === "date" || (own !== "" && lowerName.startsWith("access-control-")))
      continue;
    if (isField({ name, value })) lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
