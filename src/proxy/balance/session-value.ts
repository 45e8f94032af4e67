import { equalsLower } from "../../wire/http1/field.ts";
import type { Head } from "../../wire/http1/head.ts";
import { isTokenShaped } from "./session-tokens.ts";

/**
 * Tokens that are looked at in one request, and kept in one value. Backends that share the name of a cookie have their tokens
 * side by side in it, so that a client whose requests are spread over them by weight comes back to its endpoint in each.
 */
export const maxTokens = 8;

/** Between two tokens of one value: no character of base64url, and one that a cookie may have (RFC 6265 section 4.1.1). */
export const separator = ".";

/** The tokens that a request has under this cookie name: of every cookie that is called so, whatever path or host it was set for. */
export function tokensOfCookies(head: Head, name: string): readonly string[] {
  const tokens: string[] = [];
  for (let i = 0; i < head.fieldCount; i++) {
    if (!isNamed(head, i, "cookie")) continue;
    for (const pair of head.value(i).split(";")) {
      const equals = pair.indexOf("=");
      if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
      addTokens(tokens, pair.slice(equals + 1).trim());
    }
  }
  return tokens;
}

/** The same for a field that holds nothing else. @param lowerName Its name in lower case. */
export function tokensOfField(head: Head, lowerName: string): readonly string[] {
  const tokens: string[] = [];
  for (let i = 0; i < head.fieldCount; i++) if (isNamed(head, i, lowerName)) addTokens(tokens, head.value(i));
  return tokens;
}

function isNamed(head: Head, i: number, lowerName: string): boolean {
  const start = head.nameStart(i);
  return head.nameEnd(i) - start === lowerName.length && equalsLower(head.text, start, lowerName);
}

function addTokens(tokens: string[], value: string): void {
  const bare = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  for (const text of bare.split(separator, maxTokens)) {
    if (tokens.length < maxTokens && isTokenShaped(text)) tokens.push(text);
  }
}
