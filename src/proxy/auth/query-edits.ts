import { encodeForUri } from "../filter/uri.ts";
import { parseQuery } from "../match/query.ts";
import { toWire } from "../match/text.ts";

/**
 * A target in origin-form with other query parameters. Names are compared decoded, as whoever reads the query will; every occurrence
 * of a name that is set gives way to one at the end. Values are taken as they are, but for what cannot stand in a query.
 */
export function editQuery(
  target: string,
  set: readonly (readonly [name: string, value: string])[],
  remove: readonly string[],
): string {
  if (set.length === 0 && remove.length === 0) return target;
  const names = [...remove, ...set.map(([name]) => name)];
  const dropped = new Set(names.flatMap((name) => [name, nameOf(encode(name))]));
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const parts = mark < 0 ? [] : target.slice(mark + 1).split("&");
  const kept = parts.filter((part) => !dropped.has(nameOf(part)));
  const last = new Map(set.filter(([name]) => !remove.includes(name)));
  for (const [name, value] of last) kept.push(`${encode(name).replaceAll("=", "%3D")}=${encode(value)}`);
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

/** Decoded, as route matches see it. */
function nameOf(part: string): string {
  const [name = ""] = parseQuery(`?${part}`).keys();
  return name;
}

function encode(text: string): string {
  return encodeForUri(toWire(text)).replaceAll("&", "%26");
}
