import { Field } from "../../wire/http1/field.ts";
import { hasToken } from "../../wire/http1/framing.ts";
import { Head } from "../../wire/http1/head.ts";
import type { Target } from "../../wire/http1/target.ts";
import { encodeRequest } from "../../wire/http2/encode.ts";
import type { CompiledDestination, CompiledMatch, ListenerTable } from "../match/match.ts";
import {
  type CompiledFilters,
  type Cors,
  NO_EDITS,
  NO_FIELDS,
  type Redirect,
  type Rewrite,
} from "../filter/filter.ts";
import { mergeEdits } from "../filter/header-edits.ts";
import type { BackendEndpoints } from "../upstream/backends.ts";
import type { RequestSource } from "./dispatch.ts";
import { editHead, Guard, type Guarded, targetOf } from "./guard/guard.ts";
import type { HeldBody } from "./guard/held-body.ts";
import { upgradeTowards } from "./http1/upgrade.ts";
import { mirror } from "./mirror/mirrors.ts";
import { requestBlock } from "./head/request-block.ts";
import { type Forwarding, requestHead } from "./head/request-head.ts";

/**
 * Looks a request up among the routes of its listener and does what its rule says: an answer, or a backend. `path` is in normal form,
 * with its query. `held`: the body, where it was read already.
 */
export function route(
  source: RequestSource,
  head: Head,
  target: Target,
  path: string,
  table: ListenerTable,
  held: HeldBody | undefined,
): void {
  const { authority } = target;
  const match = table.lookup(authority, head.method, path, head);
  if (match === undefined) return source.answer(404);
  const port = source.arrival.bind.publicPort;
  const { rule } = match;
  // Independent draws: shares hold for every client and every worker without any of them counting.
  const destination = rule.destination(Math.random());
  const filters = destination?.filters ?? rule.filters;
  source.responseEdits = filters.response;
  if (filters.cors !== undefined) applyCors(source, head, filters.cors);
  if (rule.broken !== undefined) return source.answer(500);
  if (filters.cors !== undefined && filters.corsFirst && answersPreflight(source, head, filters.cors)) return;
  const { redirect, redirectFirst } = rule.filters.redirect === undefined ? filters : rule.filters;
  if (redirect !== undefined && redirectFirst)
    return answerRedirect(source, match, authority, port, path, redirect);
  const { auths } = filters;
  const timeout = shorter(rule.requestTimeout, source.requestTimeout);
  if (auths.length > 0) {
    const guarded = { source, method: head.method, path, authority, timeout, held };
    const guard = new RouteGuard(guarded, match, destination, filters, port);
    const { before } = auths[0]!;
    const { takes } = guard;
    const forwarding = forwardingOf(source, head, target, path, match, filters.rewrite, takes, table);
    return guard.start(requestHead(head, forwarding, before));
  }
  if (destination?.backend === undefined) return source.answer(500);
  const backend = source.arrival.context.backends.get(destination.backend);
  const { rewrite, request, mirrors } = filters;
  const { takes } = backend;
  const forwarding = forwardingOf(source, head, target, path, match, rewrite, takes, table);
  // A copy may go to a backend of the other protocol.
  const direct = takes === "plain" && source.upgrade === undefined && mirrors.length === 0;
  const sent = direct ? requestBlock(head, forwarding, request) : requestHead(head, forwarding, request);
  forward(source, head, sent, direct, match, backend, timeout, filters);
}

/** What the head of the request says to a backend that it does not say itself. */
function forwardingOf(
  source: RequestSource,
  head: Head,
  target: Target,
  path: string,
  match: CompiledMatch,
  rewrite: Rewrite | undefined,
  takes: "framed" | "plain",
  table: ListenerTable,
): Forwarding {
  const { authority } = target;
  const { client } = source.arrival;
  const sent = rewrite?.target(path, match.prefixLength) ?? path;
  return {
    // The request line can stay as it is where it says the same.
    path: target.isOriginForm && sent === target.path ? undefined : sent,
    host: rewrite?.hostname ?? (target.isFromHost ? undefined : authority || source.arrival.bind.authority),
    authority,
    client,
    claims: source.arrival.claims(table),
    upgrade: upgradeTowards(takes, source.upgrade, head.method),
    // The one transfer coding that HTTP/2 has a word on: without it a gRPC server refuses.
    trailers: takes === "plain" && head.seen[Field.te]! > 0 && hasToken(head.joined(Field.te)!, "trailers"),
  };
}

/**
 * @param sent The head as it goes on, in the form of HTTP/1.1. @param isBlock Or as a header block, where there is nobody to copy it for.
 * @param timeout What is left of the request's time, or 0.
 */
function forward(
  source: RequestSource,
  head: Head,
  sent: string,
  isBlock: boolean,
  { rule }: CompiledMatch,
  backend: BackendEndpoints,
  timeout: number,
  { mirrors }: CompiledFilters,
): void {
  const { takes } = backend;
  if (!source.beginBody(takes)) return;
  const connects = takes === "plain" && source.upgrade !== undefined;
  source.exchange.begin(
    connects ? "CONNECT" : head.method,
    timeout,
    rule.backendRequestTimeout,
    rule.retry,
    backend.persistence?.find(head, source.arrival.client.scheme === "https"),
  );
  const { bodyStart, bodyComplete } = source;
  const first = takes === "framed" || isBlock ? sent : encodeRequest(sent, connects);
  source.exchange.send(backend, first, bodyStart.text, bodyStart.bytes, bodyComplete);
  if (mirrors.length > 0) mirror(source, mirrors, head, sent, takes);
}

/** A request whose rule has authorization servers. The head is the one that goes to the backend, but for the last filters. */
class RouteGuard extends Guard {
  private readonly match: CompiledMatch;
  private readonly destination: CompiledDestination | undefined;
  private readonly filters: CompiledFilters;
  private readonly port: number;

  constructor(
    guarded: Guarded,
    match: CompiledMatch,
    destination: CompiledDestination | undefined,
    filters: CompiledFilters,
    port: number,
  ) {
    super(guarded, filters.auths);
    this.match = match;
    this.destination = destination;
    this.filters = filters;
    this.port = port;
  }

  /** How the backend takes bodies. */
  get takes(): "framed" | "plain" {
    const key = this.destination?.backend;
    return key === undefined ? "framed" : this.source.arrival.context.backends.get(key).takes;
  }

  protected view(): Head | undefined {
    return guardHead.parseRequest(this.head, this.head.length) === undefined ? guardHead : undefined;
  }

  protected consented(head: Head): void {
    const { source, match, destination, filters } = this;
    const { cors } = filters;
    source.responseEdits = mergeEdits(source.responseEdits, this.responseEdits);
    if (cors !== undefined && !filters.corsFirst && answersPreflight(source, head, cors)) return;
    const { redirect, redirectFirst } =
      match.rule.filters.redirect === undefined ? filters : match.rule.filters;
    if (redirect !== undefined && !redirectFirst)
      return answerRedirect(source, match, this.authority, this.port, this.path, redirect);
    if (destination?.backend === undefined) return source.answer(500);
    const backend = source.arrival.context.backends.get(destination.backend);
    const sent = filters.request === NO_EDITS ? this.head : editHead(head, filters.request, targetOf(head));
    forward(source, head, sent, false, match, backend, this.timeLeft, filters);
  }
}

/** One per worker: a head is parsed, acted upon and forgotten in one turn. */
const guardHead = new Head();

/** Sets what the filter says of the answer, whoever gives it. */
function applyCors(source: RequestSource, head: Head, cors: Cors): void {
  const grant = cors.grant(head.get("origin"));
  source.responseEdits = grant.edits;
  source.answerFields = grant.fields;
}

/** Whether the request was a browser's question if it may ask (Fetch, "CORS-preflight request"), which is answered now. */
function answersPreflight(source: RequestSource, head: Head, cors: Cors): boolean {
  if (head.method !== "OPTIONS") return false;
  const origin = head.get("origin");
  const method = head.get("access-control-request-method");
  if (origin === undefined || method === undefined) return false;
  source.answerWith(200, cors.preflight(origin, method, head.get("access-control-request-headers")));
  return true;
}

/** Of two times of which 0 is none. */
function shorter(a: number, b: number): number {
  return a === 0 || (b > 0 && b < a) ? b : a;
}

function answerRedirect(
  source: RequestSource,
  match: CompiledMatch,
  host: string,
  port: number,
  target: string,
  to: Redirect,
): void {
  const location = to.location({
    scheme: source.arrival.client.scheme,
    host: host || source.arrival.bind.authority,
    port,
    target,
    prefixLength: match.prefixLength,
  });
  if (location === undefined) return source.answerWith(400, source.answerFields, "A redirect needs a Host.");
  source.answerWith(to.status, `Location: ${location}\r\n${source.responseEdits.lines(NO_FIELDS)}`);
}
