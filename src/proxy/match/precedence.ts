import type { CompiledMatch } from "./rule.ts";

/**
 * Order of matches whose hostname and path are equally specific; negative when `a` wins. HTTPRoute:
 * "method match", "largest number of header matches", "largest number of query param matches", then
 * "the oldest Route based on creation timestamp", "first in alphabetical order by {namespace}/{name}",
 * then "the FIRST matching rule (in list order) with a match meeting the above criteria".
 */
export function compare(a: CompiledMatch, b: CompiledMatch): number {
  if ((a.method === "") !== (b.method === "")) return a.method === "" ? 1 : -1;
  if (a.headerCount !== b.headerCount) return b.headerCount - a.headerCount;
  if (a.queryCount !== b.queryCount) return b.queryCount - a.queryCount;
  const routeA = a.rule.route;
  const routeB = b.rule.route;
  if (routeA !== routeB) {
    if (routeA.created !== routeB.created) return routeA.created - routeB.created;
    if (routeA.id !== routeB.id) return routeA.id < routeB.id ? -1 : 1;
    if (routeA.key !== routeB.key) return routeA.key < routeB.key ? -1 : 1;
  }
  return a.rule.index - b.rule.index || a.index - b.index;
}

/** Inserts behind its equals into a list sorted by `compare`. */
export function insertSorted(list: CompiledMatch[], match: CompiledMatch): void {
  list.splice(position(list, match, 1), 0, match);
}

/** Takes one equal of `match` out of a list sorted by `compare`; false when there is none. */
export function removeSorted(list: CompiledMatch[], match: CompiledMatch): boolean {
  const at = position(list, match, 0);
  if (list[at] !== match) return false;
  list.splice(at, 1);
  return true;
}

/** Index of the first element whose comparison with `match` is at least `least` (0 or 1). */
function position(list: readonly CompiledMatch[], match: CompiledMatch, least: 0 | 1): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle]!, match) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
