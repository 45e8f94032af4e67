import type { Head } from "../../wire/http1/head.ts";
import type { Target } from "../../wire/http1/target.ts";
import type { BindTable, CompiledMatch } from "../match/match.ts";
import { normalizeTarget } from "../match/path.ts";
import type { HeaderEdits } from "../filter/filter.ts";
import type { BodyStart } from "./body-start.ts";
import type { ServeContext } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import { type Client, requestHead } from "./request-head.ts";

/** The side of a connection that a request came from. */
export interface RequestSource {
  readonly bind: BindTable;
  readonly context: ServeContext;
  readonly exchange: Exchange;
  readonly client: Client;
  /** Stands in for the authority of a request that names none (HTTP/1.0). */
  readonly bindAuthority: string;
  /** The protocols that the request offers to go on with. */
  readonly upgrade: string | undefined;
  /** What is to be done to the head of the answer. */
  responseEdits: HeaderEdits;
  answer(status: number): void;
  /** `fields` are ready lines. */
  answerWith(status: number, fields: string, detail?: string): void;
}

/** Finds the route of a request and does what it says: an answer, or a backend. */
export function dispatch(source: RequestSource, head: Head, target: Target, body: BodyStart): void {
  const { authority } = target;
  // `OPTIONS *` asks about the server as a whole; no route can match it.
  const path = target.path === "*" ? undefined : normalizeTarget(target.path);
  if (path === undefined) {
    if (target.path === "*") return source.answer(404);
    return source.answerWith(400, "", "The path is malformed.");
  }
  const table = source.bind.choose(authority);
  const match = table?.lookup(authority, head.method, path, head);
  if (match === undefined) return source.answer(404);
  const port = table!.listener?.publicPort ?? source.bind.port;
  const { rule } = match;
  if (rule.broken !== undefined) return source.answer(500);
  if (rule.filters.redirect !== undefined)
    return redirect(source, match, authority, port, path, rule.filters);
  // Independent draws: shares hold for every client and every worker without any of them counting.
  const destination = rule.destination(Math.random());
  if (destination?.backend === undefined) return source.answer(500);
  const { filters } = destination;
  if (filters.redirect !== undefined) return redirect(source, match, authority, port, path, filters);
  const { rewrite } = filters;
  const host = rewrite?.hostname ?? (target.isFromHost ? undefined : authority || source.bindAuthority);
  source.responseEdits = filters.response;
  source.exchange.begin(head.method, rule.requestTimeout, rule.backendRequestTimeout);
  source.exchange.send(
    source.context.backends.get(destination.backend),
    requestHead(
      head,
      {
        path: forwardedPath(rewrite?.target(path, match.prefixLength) ?? path, target),
        host,
        authority,
        client: source.client,
        upgrade: source.upgrade,
      },
      filters.request,
    ) + body.text,
    body.bytes,
  );
}

/** Undefined when the request line can stay as it is. */
function forwardedPath(path: string, target: Target): string | undefined {
  return target.isOriginForm && path === target.path ? undefined : path;
}

function redirect(
  source: RequestSource,
  match: CompiledMatch,
  host: string,
  port: number,
  target: string,
  filters: CompiledMatch["rule"]["filters"],
): void {
  const { redirect: to, response } = filters;
  const location = to!.location({
    scheme: "http",
    host: host || source.bindAuthority,
    port,
    target,
    prefixLength: match.prefixLength,
  });
  if (location === undefined) return source.answerWith(400, "", "A redirect needs a Host.");
  source.answerWith(to!.status, `Location: ${location}\r\n${response.lines(noFields)}`);
}

/** An answer of our own has no fields that a filter could add to. */
const noFields = { get: () => undefined };
