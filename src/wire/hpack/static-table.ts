import { HpackField, HpackName } from "./field.ts";

/** RFC 7541 appendix A in order: a name, and the values of its entries when there are any but the empty one. */
const entries: readonly string[] = [
  ":authority",
  ":method=GET",
  ":method=POST",
  ":path=/",
  ":path=/index.html",
  ":scheme=http",
  ":scheme=https",
  ":status=200",
  ":status=204",
  ":status=206",
  ":status=304",
  ":status=400",
  ":status=404",
  ":status=500",
  "accept-charset",
  "accept-encoding=gzip, deflate",
  ..."accept-language accept-ranges accept access-control-allow-origin age allow authorization".split(" "),
  ..."cache-control content-disposition content-encoding content-language content-length".split(" "),
  ..."content-location content-range content-type cookie date etag expect expires from host".split(" "),
  ..."if-match if-modified-since if-none-match if-range if-unmodified-since last-modified".split(" "),
  ..."link location max-forwards proxy-authenticate proxy-authorization range referer refresh".split(" "),
  ..."retry-after server set-cookie strict-transport-security transfer-encoding user-agent".split(" "),
  ..."vary via www-authenticate".split(" "),
];

const names = new Map<string, HpackName>();

/** The static table: entry `i` of the standard is at `i - 1`. */
export const staticTable: readonly HpackField[] = entries.map((entry) => {
  const [text, value] = entry.split("=");
  let name = names.get(text!);
  if (name === undefined) names.set(text!, (name = new HpackName(text!)));
  return new HpackField(name, value ?? "");
});

const firstIndex = new Map<string, number>();
staticTable.forEach((field, i) => {
  if (!firstIndex.has(field.name)) firstIndex.set(field.name, i + 1);
});

/** Index of the first entry with this name, or 0. */
export function staticIndexOf(lowerName: string): number {
  return firstIndex.get(lowerName) ?? 0;
}
