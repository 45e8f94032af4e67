import type {
  Attachment,
  Listener,
  ListenerBind,
  Match,
  Program,
  Route,
  Rule,
} from "../../program/program.ts";
import { urlHost } from "../host-port.ts";

/** More lines are no help at first sight. */
const mostExamples = 12;

type Tables = Pick<Program, "listeners" | "routes">;

/**
 * `curl` commands that reach the routes, made from their matches: a few of each route rather than all of one.
 * `isServing`: whether requests arrive at the listener with this key. Matches by regular expression are left
 * out, since what they match is not written down.
 */
export function curlLines(program: Tables, isServing: (listener: string) => boolean): readonly string[] {
  const hosts = new Hosts(program, isServing);
  const lists: (readonly string[])[] = [];
  for (const route of [...program.routes.values()].toSorted((a, b) => a.created - b.created)) {
    const lines = routeLines(route, hosts);
    if (lines.length > 0) lists.push(lines);
    if (lists.length === mostExamples) break;
  }
  const count = shares(lists.map((lines) => lines.length));
  return lists.flatMap((lines, index) => lines.slice(0, count[index]));
}

/** How many of each list are taken when all take turns and there are no more than `mostExamples` in all. */
function shares(lengths: readonly number[]): readonly number[] {
  const taken = lengths.map(() => 0);
  let left = mostExamples;
  for (let progress = true; progress && left > 0;) {
    progress = false;
    for (const [index, length] of lengths.entries()) {
      if (left === 0 || taken[index]! >= length) continue;
      taken[index]! += 1;
      left -= 1;
      progress = true;
    }
  }
  return taken;
}

function routeLines(route: Route, hosts: Hosts): readonly string[] {
  // curl speaks no gRPC.
  if (route.key.startsWith("GRPCRoute/")) return [];
  const place = hosts.find(route.attachments);
  if (place === undefined) return [];
  const lines = route.rules.flatMap((rule) => {
    if (rule.broken !== undefined) return [];
    const match = rule.matches.find(isExact);
    return match === undefined ? [] : [curlLine(place, rule, match)];
  });
  return [...new Set(lines)];
}

function isExact({ path, headers, query }: Match): boolean {
  return (
    [path, ...headers, ...query].every((part) => part.type !== "RegularExpression") &&
    headers.every((header) => header.name !== "host")
  );
}

interface Place {
  readonly listener: Listener;
  /** Value of the Host field; "" when the address will do. */
  readonly host: string;
}

function curlLine({ listener, host }: Place, rule: Rule, { path, method, headers, query }: Match): string {
  const words = ["curl"];
  const filters = [rule, ...rule.destinations].flatMap((one) => one.filters);
  // Where the answer's head is what the rule is about, it is shown.
  const isHeadShown = filters.some(
    (one) => one.type === "RequestRedirect" || one.type === "ResponseHeaderModifier",
  );
  if (method === "HEAD") words.push("--head");
  else {
    if (isHeadShown) words.push("-i");
    if (method !== undefined && method !== "GET") words.push("-X", method);
  }
  const bind = bindOf(listener);
  const address = urlHost(reachable(bind.address));
  const isSecure = listener.protocol === "HTTPS";
  // Whoever tries things out rarely has a certificate that anybody trusts; TLS names the host itself.
  if (isSecure) words.push("-k");
  if (host !== "" && isSecure) words.push("--resolve", `${host}:${bind.port}:${address}`);
  else if (host !== "") words.push("-H", `Host: ${host}`);
  for (const { name, value } of headers) words.push("-H", `${name}: ${value}`);
  const search = query
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const port = bind.port === (isSecure ? 443 : 80) ? "" : `:${bind.port}`;
  const origin = isSecure ? `https://${host || address}${port}` : `http://${address}${port}`;
  const url = `${origin}${path.value}${search === "" ? "" : `?${search}`}`;
  // curl takes brackets and braces for patterns.
  if (/[[\]{}]/.test(url)) words.push("-g");
  if (/\/\.\.?(\/|$)/.test(path.value)) words.push("--path-as-is");
  words.push(url);
  return words.map(quote).join(" ");
}

/** An unspecified address is for binding, not for connecting. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

export function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const labels = ["www", "app", "any", "x-gatewright"];

/** Finds hostnames that lead to a route and not to one that is more specific. */
class Hosts {
  private readonly listeners: ReadonlyMap<string, Listener>;
  private readonly isServing: (listener: string) => boolean;
  /** Hostnames of the listeners of a socket, and of the routes of a listener. */
  private readonly bySocket = new Map<string, Set<string>>();
  private readonly byListener = new Map<string, Set<string>>();

  constructor({ listeners, routes }: Tables, isServing: (listener: string) => boolean) {
    this.listeners = listeners;
    this.isServing = isServing;
    for (const listener of listeners.values()) add(this.bySocket, socketOf(listener), listener.hostname);
    for (const { attachments } of routes.values()) {
      for (const { listener, hostnames } of attachments) {
        for (const hostname of hostnames) add(this.byListener, listener, hostname);
      }
    }
  }

  find(attachments: readonly Attachment[]): Place | undefined {
    for (const { listener: key, hostnames } of attachments) {
      const listener = this.listeners.get(key);
      if (listener === undefined || !this.isServing(key)) continue;
      for (const hostname of hostnames) {
        const host = this.choose(listener, hostname);
        if (host !== undefined) return { listener, host };
      }
    }
    return undefined;
  }

  private choose(listener: Listener, hostname: string): string | undefined {
    const pattern = narrower(hostname, listener.hostname);
    const candidates = pattern.startsWith("*.") ? labels.map((label) => label + pattern.slice(1)) : [pattern];
    const listeners = this.bySocket.get(socketOf(listener)) ?? [];
    const routes = this.byListener.get(listener.key) ?? [];
    return candidates.find(
      (host) =>
        mostSpecific(host, listeners) === listener.hostname && mostSpecific(host, routes) === hostname,
    );
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}

function socketOf(listener: Listener): string {
  const { address, port } = bindOf(listener);
  return `${address} ${port}`;
}

/** Of several sockets any will do: all of them serve the same. */
function bindOf({ binds }: Listener): ListenerBind {
  return binds[0]!;
}

/** The narrower one of two hostnames that meet; `""` is any. */
function narrower(a: string, b: string): string {
  if (!a.startsWith("*.") && a !== "") return a;
  if (!b.startsWith("*.") && b !== "") return b;
  return a.length >= b.length ? a : b;
}

function mostSpecific(host: string, patterns: Iterable<string>): string | undefined {
  let best: string | undefined;
  for (const pattern of patterns) {
    const fits =
      pattern === "" || pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
    if (!fits || best === host) continue;
    if (best === undefined || pattern === host || pattern.length > best.length) best = pattern;
  }
  return best;
}
