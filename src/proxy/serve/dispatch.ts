import type { Head } from "../../wire/http1/head.ts";
import type { Target } from "../../wire/http1/target.ts";
import { normalizeTarget } from "../match/path.ts";
import type { HeaderEdits } from "../filter/filter.ts";
import type { Arrival } from "./arrival.ts";
import type { BodyStart } from "./body-start.ts";
import type { Exchange } from "./exchange/exchange.ts";
import type { HeldBody } from "./guard/held-body.ts";
import { guardListener } from "./guard/listener-guard.ts";
import { route } from "./route.ts";
import type { Waiting } from "./guard/waiting.ts";

/** The side of a connection that a request came from. */
export interface RequestSource {
  readonly arrival: Arrival;
  readonly exchange: Exchange;
  /** The protocols that the request offers to go on with; after `beginBody`, those that the backend can be asked for. */
  readonly upgrade: string | undefined;
  /** Milliseconds that the client itself gives the request, or 0. */
  readonly requestTimeout: number;
  /** What is to be done to the head of the answer. */
  responseEdits: HeaderEdits;
  /** Ready lines of every answer of the proxy's own to this request. */
  answerFields: string;
  /** The body as far as it came with the head, once `beginBody` was called. */
  readonly bodyStart: BodyStart;
  /** Whether that is all of it. */
  readonly bodyComplete: boolean;
  /** Looks at the body, which goes on framed as in HTTP/1.1 or plain. Returns false when it is no body: then the request is answered. */
  beginBody(takes: "framed" | "plain"): boolean;
  /** Reads the body into `held` from now on; `expects`: the client may wait for 100 before it sends it. */
  holdBody(held: HeldBody, expects: boolean): void;
  /** What the request has waited for was decided: has it proceed, with what came of its body meanwhile. */
  resume(waiting: Waiting): void;
  answer(status: number): void;
  /** `fields` are ready lines. */
  answerWith(status: number, fields: string, detail?: string): void;
  /** An answer in somebody else's words: ready lines, and a body of latin1 characters. */
  respond(status: number, fields: string, body: string): void;
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
  if (source.arrival.isMisdirected(table, authority)) return source.answer(421);
  if (table.auths.length > 0) guardListener(source, head, authority, path, table);
  else route(source, head, target, path, table, undefined);
}
