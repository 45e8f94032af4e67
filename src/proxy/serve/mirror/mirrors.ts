import type { MirrorFilter } from "../../../program/program.ts";
import { Field } from "../../../wire/http1/field.ts";
import { hasToken } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";
import type { RequestSource } from "../dispatch.ts";
import { Mirror } from "./mirror.ts";
import type { Form } from "./mirror-body.ts";

/** The line that goes to HTTP/2 backends alone. */
const te = "TE: trailers\r\n";

/**
 * Sends copies of a request that has just gone to its backend. Each filter draws for itself, so that shares hold without counting.
 * What goes on in another protocol (Upgrade) is no request any more and is not copied.
 * @param head As the client sent it. @param sent As it was sent on. @param takes How the body goes on.
 */
export function mirror(
  source: RequestSource,
  filters: readonly MirrorFilter[],
  head: Head,
  sent: string,
  takes: Form,
): void {
  if (source.upgrade !== undefined) return;
  const { exchange, bodyStart, bodyComplete } = source;
  // Nobody takes the rest of the body any more.
  if (!bodyComplete && !exchange.active) return;
  const mirrors: Mirror[] = [];
  for (const filter of filters) {
    if (Math.random() * filter.denominator >= filter.numerator) continue;
    const backend = source.arrival.context.backends.get(filter.backend);
    const copy = Mirror.start(backend, {
      method: head.method,
      head: headFor(sent, takes, backend.takes, head),
      takes,
      chunked: head.seen[Field.transferEncoding]! > 0,
      text: bodyStart.text,
      bytes: bodyStart.bytes,
      complete: bodyComplete,
    });
    if (copy !== undefined) mirrors.push(copy);
  }
  if (!bodyComplete && mirrors.length > 0) exchange.copyTo(mirrors);
}

/** The head that was sent on, for a mirror that speaks another protocol than the backend. */
function headFor(sent: string, from: Form, to: Form, head: Head): string {
  if (from === to) return sent;
  if (to === "framed") return sent.replace(`\r\n${te}`, "\r\n");
  if (head.seen[Field.te] === 0 || !hasToken(head.joined(Field.te)!, "trailers")) return sent;
  return `${sent.slice(0, -2)}${te}\r\n`;
}
