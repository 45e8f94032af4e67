import { RE2JS } from "re2js";
import type { FieldMatch, Match, Program, Route } from "../../src/program/program.ts";
import type { Fields, LinearRequest } from "./match-arbitraries.ts";

/** The specification's words as a list and a sort, over all there is: slow, and hard to get wrong. */
export function matchLinearly(
  program: Program,
  address: string,
  port: number,
  request: LinearRequest,
): string {
  const host = request.host
    .toLowerCase()
    .replace(/:[0-9]*$/, "")
    .replace(/\.$/, "");
  const [listener] = [...program.listeners.values()]
    .filter(({ binds }) => binds.some((one) => one.address === address && one.port === port))
    .filter(({ hostname }) => hostFits(hostname, host))
    .toSorted((a, b) => compare([...hostRank(a.hostname), a.key], [...hostRank(b.hostname), b.key]));
  if (listener === undefined) return "no listener";
  const [best] = [...program.routes.values()]
    .flatMap((route) => candidates(route, listener.key))
    .filter(({ hostname, match }) => hostFits(hostname, host) && holds(match, request))
    .toSorted((a, b) => compare(a.rank, b.rank));
  return best === undefined ? listener.key : `${listener.key} ${best.name}`;
}

function candidates(route: Route, listener: string) {
  const hostnames = route.attachments.filter((a) => a.listener === listener).flatMap((a) => a.hostnames);
  return hostnames.flatMap((hostname) =>
    route.rules.flatMap(({ matches }, i) =>
      matches.map((match, j) => ({
        hostname,
        match,
        name: `${route.key} ${i} ${j}`,
        rank: [
          ...hostRank(hostname),
          ...matchRank(match),
          route.created,
          `${route.namespace}/${route.name}`,
          i,
          j,
        ],
      })),
    ),
  );
}

function hostFits(hostname: string, host: string): boolean {
  if (!hostname.startsWith("*.")) return hostname === "" || hostname === host;
  return host.endsWith(hostname.slice(1)) && host.length > hostname.length - 1;
}

function holds({ path: { type, value }, method, headers, query }: Match, request: LinearRequest): boolean {
  if (type === "Exact" && request.path !== value) return false;
  if (type === "PathPrefix" && !`${request.path}/`.startsWith(value === "/" ? "/" : `${value}/`))
    return false;
  if (type === "GRPCMethod" && /^\/[^/]+\/([^/]+)$/.exec(request.path)?.[1] !== value) return false;
  if (type === "RegularExpression" && !RE2JS.matches(value, request.path)) return false;
  if (method !== undefined && method !== request.method) return false;
  return headers.every((one) => has(request.headers, one)) && query.every((one) => has(request.query, one));
}

function has(fields: Fields, { type, name, value }: FieldMatch): boolean {
  const given = fields[name];
  return given !== undefined && (type === "Exact" ? given === value : RE2JS.matches(value, given));
}

/** "The most characters in a matching non-wildcard hostname", then "in a matching hostname". */
function hostRank(hostname: string): number[] {
  return [hostname.startsWith("*") ? 0 : -hostname.length, -hostname.length];
}

function matchRank({ path, method, headers, query }: Match): number[] {
  const type = ["Exact", "RegularExpression", "PathPrefix"].indexOf(path.type);
  // Between the prefix `/` and the next longer ones.
  const place = path.type === "GRPCMethod" ? [2, -1.5] : [type, -path.value.length];
  return [...place, method === undefined ? 1 : 0, -headers.length, -query.length];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((one, i) => one !== b[i]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}
