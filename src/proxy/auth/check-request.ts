import { isUtf8 } from "node:buffer";
import { Field } from "../../wire/http1/field.ts";
import type { Head } from "../../wire/http1/head.ts";
import { messagePrefix } from "../../wire/grpc/frame.ts";
import { bytesField, numberField } from "../../wire/protobuf.ts";
import { authTimeout } from "../limits.ts";
import { toWire } from "../match/text.ts";
import type { Auth } from "./auth.ts";
import type { Inquiry, Question } from "./inquiry.ts";

/** Numbers of fields in `envoy/service/auth/v3` and `envoy/config/core/v3`. */
const CheckRequest = { attributes: 1 } as const;
const Attributes = { source: 1, destination: 2, request: 4, tlsSession: 12 } as const;
const Peer = { address: 1 } as const;
const Address = { socketAddress: 1 } as const;
const SocketAddress = { address: 2, port: 3 } as const;
const TlsSession = { sni: 1 } as const;
const Request = { time: 1, http: 2 } as const;
const Timestamp = { seconds: 1, nanos: 2 } as const;
const HttpRequest = {
  id: 1,
  method: 2,
  headers: 3,
  path: 4,
  host: 5,
  scheme: 6,
  size: 9,
  protocol: 10,
  body: 11,
  rawBody: 12,
} as const;
const MapEntry = { key: 1, value: 2 } as const;

/** The inquiry in Envoy's ext_authz protocol: a call of `envoy.service.auth.v3.Authorization/Check`. */
export function grpcQuestion(auth: Auth, inquiry: Inquiry, authority: string): Question {
  const { body } = inquiry;
  const more = body === undefined ? 0 : body.length;
  const isText = body === undefined || isUtf8(body);
  // Whoever looks at the text alone must not take a body that is none for an empty one.
  const shown = isText ? "" : bytesField(HttpRequest.body, text(body.toString("latin1")));
  const last = more === 0 ? "" : bytesField(isText ? HttpRequest.body : HttpRequest.rawBody, "", more);
  const http = bytesField(Request.http, httpRequest(auth, inquiry) + shown + last, more);
  const request = bytesField(Attributes.request, time() + http, more);
  const { source, destination, serverName } = inquiry;
  const sni =
    serverName === undefined
      ? ""
      : bytesField(Attributes.tlsSession, bytesField(TlsSession.sni, toWire(serverName)));
  const attributes =
    bytesField(Attributes.source, peer(source, 0)) +
    bytesField(Attributes.destination, peer(destination.address, destination.port)) +
    sni +
    request;
  const message = bytesField(CheckRequest.attributes, attributes, more);
  return {
    method: "POST",
    head:
      "POST /envoy.service.auth.v3.Authorization/Check HTTP/1.1\r\n" +
      `Host: ${authority}\r\nContent-Type: application/grpc\r\nTE: trailers\r\n` +
      `grpc-timeout: ${authTimeout}m\r\n\r\n`,
    text: messagePrefix(message.length + more) + message,
    bytes: more === 0 ? undefined : body,
  };
}

/** Everything but the body. */
function httpRequest(auth: Auth, { head, method, path, host, scheme, body }: Inquiry): string {
  const length = head.joined(Field.contentLength);
  // "The HTTP request size in bytes. If unknown, it must be -1": the ten bytes of that number.
  const size =
    body !== undefined || length !== undefined
      ? numberField(HttpRequest.size, body?.length ?? Number(length))
      : head.seen[Field.transferEncoding]! > 0
        ? numberField(HttpRequest.size, 0).slice(0, -1) + minusOne
        : "";
  return (
    bytesField(HttpRequest.id, text(head.get("x-request-id") ?? "")) +
    bytesField(HttpRequest.method, method) +
    headers(auth, head, [
      [":authority", host],
      [":method", method],
      [":path", path],
      [":scheme", scheme],
    ]) +
    bytesField(HttpRequest.path, text(path)) +
    bytesField(HttpRequest.host, text(host)) +
    bytesField(HttpRequest.scheme, scheme) +
    size +
    bytesField(HttpRequest.protocol, "HTTP/1.1")
  );
}

const minusOne = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";

/** "If multiple headers share the same key, they must be merged according to the HTTP spec. All header keys must be lower-cased". */
function headers(auth: Auth, head: Head, pseudo: readonly (readonly [string, string])[]): string {
  const values = new Map<string, string>(auth.seesAll ? pseudo : []);
  for (let i = 0; i < head.fieldCount; i++) {
    const name = head.name(i).toLowerCase();
    if (!auth.sees(name)) continue;
    const before = values.get(name);
    const value = head.value(i);
    values.set(name, before === undefined ? value : `${before}${name === "cookie" ? "; " : ","}${value}`);
  }
  let out = "";
  for (const [name, value] of values)
    out += bytesField(
      HttpRequest.headers,
      bytesField(MapEntry.key, name) + bytesField(MapEntry.value, text(value)),
    );
  return out;
}

function peer(address: string, port: number): string {
  const socket = bytesField(SocketAddress.address, address) + numberField(SocketAddress.port, port);
  return bytesField(Peer.address, bytesField(Address.socketAddress, socket));
}

function time(): string {
  const now = Date.now();
  const seconds = Math.floor(now / 1000);
  return bytesField(
    Request.time,
    numberField(Timestamp.seconds, seconds) + numberField(Timestamp.nanos, (now - seconds * 1000) * 1e6),
  );
}

/** Bytes as a text field can hold them: "Non-UTF-8 characters will be replaced by "!"". */
function text(bytes: string): string {
  const buffer = Buffer.from(bytes, "latin1");
  return isUtf8(buffer) ? bytes : toWire(buffer.toString("utf8").replaceAll("\ufffd", "!"));
}
