import { Field } from "../../wire/http1/field.ts";
import type { Head } from "../../wire/http1/head.ts";
import type { Auth } from "./auth.ts";

/** The request that an authorization server is asked about. */
export interface Inquiry {
  readonly method: string;
  /** Normal form, query included: the one that routes have seen. */
  readonly path: string;
  /** The authority that the client asked for; "" in HTTP/1.0 without Host. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** The client's address. */
  readonly source: string;
  /** Where the client's connection was accepted. */
  readonly destination: { readonly address: string; readonly port: number };
  /** What the client named when TLS began; undefined without TLS. */
  readonly serverName: string | undefined;
  /** The fields, as they would go to the backend. Valid in this turn only. */
  readonly head: Head;
  /** Plain; undefined when the server is not to see it, or there is none. */
  readonly body: Buffer | undefined;
}

/** A request in the form that `UpstreamStream.send` takes. */
export interface Question {
  readonly method: string;
  readonly head: string;
  readonly text: string;
  /** Comes after the text. */
  readonly bytes: Buffer | undefined;
}

/** The inquiry over HTTP (Gateway API, `HTTPAuthConfig`). */
export function httpQuestion(auth: Auth, inquiry: Inquiry): Question {
  const { method, path, host, head, body } = inquiry;
  // "If the body is forwarded, the actual number of bytes": never what the client said of a body that is not sent.
  const length = body === undefined ? 0 : body.length;
  let out = `${method} ${auth.pathPrefix}${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${length}\r\n`;
  for (let i = 0; i < head.fieldCount; i++) {
    const known = head.known[i]!;
    if (known === Field.host || known === Field.contentLength) continue;
    const name = head.name(i);
    if (auth.sees(name.toLowerCase())) out += `${name}: ${head.value(i)}\r\n`;
  }
  return { method, head: `${out}\r\n`, text: "", bytes: length === 0 ? undefined : body };
}
