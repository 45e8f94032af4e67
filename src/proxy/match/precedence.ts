import type { CompiledMatch } from "./rule.ts";

/** What decides between routes that are equally specific. */
export interface Aged {
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** `NAMESPACE/NAME`. */
  readonly id: string;
  readonly key: string;
}

/** "The oldest Route based on creation timestamp", then "first in alphabetical order by {namespace}/{name}"; negative when `a` wins. */
export function compareRoutes(a: Aged, b: Aged): number {
  if (a.created !== b.created) return a.created - b.created;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/**
 * Order of matches whose hostname and path are equally specific; negative when `a` wins. HTTPRoute:
 * "method match", "largest number of header matches", "largest number of query param matches", then
 * the routes themselves (`compareRoutes`), then "the FIRST matching rule (in list order) with a match meeting the above criteria".
 */
export function compare(a: CompiledMatch, b: CompiledMatch): number {
  if ((a.method === "") !== (b.method === "")) return a.method === "" ? 1 : -1;
  if (a.headerCount !== b.headerCount) return b.headerCount - a.headerCount;
  if (a.queryCount !== b.queryCount) return b.queryCount - a.queryCount;
  const routeA = a.rule.route;
  const routeB = b.rule.route;
  if (routeA !== routeB) {
    const order = compareRoutes(routeA, routeB);
    if (order !== 0) return order;
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
