import { Field } from "../../wire/http1/field.ts";
import { hasToken } from "../../wire/http1/framing.ts";
import type { Head } from "../../wire/http1/head.ts";
import type { Target } from "../../wire/http1/target.ts";
import type { CompiledMatch } from "../match/match.ts";
import { normalizeTarget } from "../match/path.ts";
import type { HeaderEdits } from "../filter/filter.ts";
import type { Arrival } from "./arrival.ts";
import type { BodyStart } from "./body-start.ts";
import type { Exchange } from "./exchange.ts";
import { requestHead } from "./request-head.ts";

/** The side of a connection that a request came from. */
export interface RequestSource {
  readonly arrival: Arrival;
  readonly exchange: Exchange;
  /** The protocols that the request offers to go on with. */
  readonly upgrade: string | undefined;
  /** Milliseconds that the client itself gives the request, or 0. */
  readonly requestTimeout: number;
  /** What is to be done to the head of the answer. */
  responseEdits: HeaderEdits;
  /** The body as far as it came with the head, once `beginBody` was called. */
  readonly bodyStart: BodyStart;
  /** Whether that is all of it. */
  readonly bodyComplete: boolean;
  /** Looks at the body, which goes on framed as in HTTP/1.1 or plain. Returns false when it is no body: then the request is answered. */
  beginBody(takes: "framed" | "plain"): boolean;
  answer(status: number): void;
  /** `fields` are ready lines. */
  answerWith(status: number, fields: string, detail?: string): void;
}

/** Finds the route of a request and does what it says: an answer, or a backend. */
export function dispatch(source: RequestSource, head: Head, target: Target): void {
  const { authority } = target;
  // `OPTIONS *` asks about the server as a whole; no route can match it.
  const path = target.path === "*" ? undefined : normalizeTarget(target.path);
  if (path === undefined) {
    if (target.path === "*") return source.answer(404);
    return source.answerWith(400, "", "The path is malformed.");
  }
  const table = source.arrival.bind.choose(authority);
  if (table === undefined) return source.answer(404);
  // A connection that was opened for one listener is reused for another one, whose certificates and clients may be others
  // (RFC 9110 section 7.4).
  const { serverName } = source.arrival;
  if (serverName !== undefined && source.arrival.bind.choose(serverName) !== table) return source.answer(421);
  const match = table.lookup(authority, head.method, path, head);
  if (match === undefined) return source.answer(404);
  const port = table.listener?.publicPort ?? source.arrival.bind.port;
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
  const host = rewrite?.hostname ?? (target.isFromHost ? undefined : authority || source.arrival.authority);
  const backend = source.arrival.context.backends.get(destination.backend);
  if (!source.beginBody(backend.takes)) return;
  source.responseEdits = filters.response;
  source.exchange.begin(
    head.method,
    shorter(rule.requestTimeout, source.requestTimeout),
    rule.backendRequestTimeout,
    rule.retry,
  );
  source.exchange.send(
    backend,
    requestHead(
      head,
      {
        path: forwardedPath(rewrite?.target(path, match.prefixLength) ?? path, target),
        host,
        authority,
        client: source.arrival.client,
        upgrade: source.upgrade,
        // The one transfer coding that HTTP/2 has a word on: without it a gRPC server refuses.
        trailers:
          backend.takes === "plain" &&
          head.seen[Field.te]! > 0 &&
          hasToken(head.joined(Field.te)!, "trailers"),
      },
      filters.request,
    ),
    source.bodyStart.text,
    source.bodyStart.bytes,
    source.bodyComplete,
  );
}

/** Of two times of which 0 is none. */
function shorter(a: number, b: number): number {
  return a === 0 || (b > 0 && b < a) ? b : a;
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
    scheme: source.arrival.client.scheme,
    host: host || source.arrival.authority,
    port,
    target,
    prefixLength: match.prefixLength,
  });
  if (location === undefined) return source.answerWith(400, "", "A redirect needs a Host.");
  source.answerWith(to!.status, `Location: ${location}\r\n${response.lines(noFields)}`);
}

/** An answer of our own has no fields that a filter could add to. */
const noFields = { get: () => undefined };
