import { randomUuid } from "../../../std/uuid.ts";
import { Field } from "../../../wire/http1/field.ts";
import { Head } from "../../../wire/http1/head.ts";
import { Target } from "../../../wire/http1/target.ts";
import { mergeEdits, NO_EDITS } from "../../filter/header-edits.ts";
import type { ListenerTable } from "../../match/match.ts";
import { copyFields } from "../head/copy-fields.ts";
import type { RequestSource } from "../dispatch.ts";
import { Guard, type Guarded } from "./guard.ts";
import { requestHead } from "../head/request-head.ts";
import { route } from "../route.ts";

/** One per worker: see `guard.ts`. */
const head = new Head();
const target = new Target();

/**
 * Over `Field`: Host is written anew, and Connection has been acted upon. It must not go on: a client that names a field in it
 * would have the field removed which an authorization server sets.
 */
const dropped = new Uint8Array(32);
dropped[Field.host] = 1;
dropped[Field.connection] = 1;

/**
 * A request on a listener that has authorization servers of its own (Gateway API, GEP-5224): they are asked before any route is looked
 * up, and routes see what they have made of it.
 */
class ListenerGuard extends Guard {
  private readonly table: ListenerTable;

  constructor(guarded: Guarded, table: ListenerTable) {
    super(guarded, table.auths);
    this.table = table;
  }

  protected view(): Head | undefined {
    if (head.parseRequest(this.head, this.head.length) !== undefined) return undefined;
    const { authority, source } = this;
    const { client, bind } = source.arrival;
    const forwarding = {
      path: undefined,
      host: authority || bind.authority,
      authority,
      client,
      claims: source.arrival.claims(this.table),
      upgrade: undefined,
      trailers: false,
    };
    const text = requestHead(head, forwarding, NO_EDITS);
    return head.parseRequest(text, text.length) === undefined ? head : undefined;
  }

  protected consented(agreed: Head): void {
    const { source } = this;
    const fault = target.read(agreed);
    if (fault !== undefined) return source.answerWith(fault.status, "", fault.message);
    route(source, agreed, target, this.path, this.table, this.body);
    source.responseEdits = mergeEdits(source.responseEdits, this.responseEdits);
  }
}

/** Has the listener's authorization servers asked. `path` is in normal form, with its query. */
export function guardListener(
  source: RequestSource,
  asked: Head,
  authority: string,
  path: string,
  table: ListenerTable,
): void {
  const { method } = asked;
  const guarded = { source, method, path, authority, timeout: source.requestTimeout, held: undefined };
  const host = asked.seen[Field.host] === 0 && authority === "" ? "" : `Host: ${authority}\r\n`;
  // The servers and the backend are told of it under one identifier.
  const id = asked.seen[Field.requestId] === 0 ? `X-Request-Id: ${randomUuid()}\r\n` : "";
  const fields = copyFields(asked, dropped, NO_EDITS);
  new ListenerGuard(guarded, table).start(
    `${method} ${path} HTTP/1.${asked.minor}\r\n${host}${id}${fields}\r\n`,
  );
}
