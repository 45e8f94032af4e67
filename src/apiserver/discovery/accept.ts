import { parseAccept } from "../http/accept.ts";

/** The one of `offers` (media types) that a client takes first, if any. */
export function negotiate(accept: string | undefined, offers: readonly string[]): string | undefined {
  for (const { type } of parseAccept(accept)) {
    const offer = offers.find((each) => takes(type, each));
    if (offer !== undefined) return offer;
  }
  return undefined;
}

export function takes(range: string, type: string): boolean {
  if (range === "*/*" || range === type) return true;
  return range.endsWith("/*") && type.startsWith(range.slice(0, -1));
}
