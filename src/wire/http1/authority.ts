import { isIPv6 } from "node:net";
import { isHostChar } from "./chars.ts";

/**
 * Whether `text` is `uri-host [ ":" port ]` (RFC 3986 section 3.2.2). The empty string is: "If the target
 * URI's authority component is missing or undefined, a client MUST send a Host field with an empty value".
 */
export function isAuthority(text: string): boolean {
  let at = 0;
  if (text.charCodeAt(0) === 0x5b) {
    const close = text.indexOf("]");
    if (close < 0 || !isIPv6(text.slice(1, close)) || text.includes("%")) return false;
    at = close + 1;
  } else {
    const { length } = text;
    // A look beyond the end, at NaN, would have V8 make every look into the table a slow one.
    while (at < length && isHostChar[text.charCodeAt(at)] === 1) at++;
    if (at === 0 && length > 0) return false;
  }
  if (at === text.length) return true;
  if (text.charCodeAt(at) !== 0x3a || text.length - at > 6) return false;
  let port = 0;
  for (let i = at + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return false;
    port = port * 10 + digit;
  }
  return port <= 65535;
}
