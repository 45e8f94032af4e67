import type { IncomingHttpHeaders } from "node:http2";
import type { TestContext } from "node:test";
import { bytesField, numberField, ProtobufReader } from "../../../src/wire/protobuf.ts";
import type { AuthFilter } from "../../../src/program/program.ts";
import { Http2Backend, readHttp2 } from "./http2-backend.ts";

/** An `ExternalAuth` filter that asks the backend `auth`. */
export function externalAuth(protocol: "HTTP" | "GRPC", more: Partial<AuthFilter> = {}): AuthFilter {
  return {
    type: "ExternalAuth",
    protocol,
    backend: "auth",
    pathPrefix: "",
    allowedHeaders: [],
    allowedResponseHeaders: [],
    maxBodyBytes: 0,
    ...more,
  };
}

/** What a server of ext_authz was asked, as far as tests look at it. */
export interface Check {
  readonly call: IncomingHttpHeaders;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly scheme: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly rawBody: Buffer;
  readonly source: string;
}

/** What it says to that: a message, or a status of gRPC. */
export type CheckAnswer = Buffer | number;

/** A server of Envoy's ext_authz protocol on `node:http2`. */
export class GrpcAuthServer {
  readonly checks: Check[] = [];
  readonly backend: Http2Backend;

  private constructor(backend: Http2Backend) {
    this.backend = backend;
  }

  static async start(t: TestContext, answer: (check: Check) => CheckAnswer): Promise<GrpcAuthServer> {
    const server: GrpcAuthServer = new GrpcAuthServer(
      await Http2Backend.start(t, (stream, headers) => {
        void readHttp2(stream, headers)
          .then(({ body }) => {
            const check = readCheck(headers, body);
            server.checks.push(check);
            const said = answer(check);
            const status = typeof said === "number" ? said : 0;
            stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
            stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(status) }));
            stream.end(typeof said === "number" ? undefined : framed(said));
          })
          .catch((error: unknown) => stream.destroy(error as Error));
      }),
    );
    return server;
  }
}

export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function readCheck(call: IncomingHttpHeaders, body: Buffer): Check {
  const [request] = fieldsOf(body.subarray(5), 1);
  const [http] = fieldsOf(fieldsOf(request!, 4)[0]!, 2);
  const text = (field: number) => fieldsOf(http!, field)[0]?.toString() ?? "";
  const pairs = fieldsOf(http!, 3).map((entry): [string, string] => {
    return [fieldsOf(entry, 1)[0]?.toString() ?? "", fieldsOf(entry, 2)[0]?.toString() ?? ""];
  });
  return {
    call,
    method: text(2),
    path: text(4),
    host: text(5),
    scheme: text(6),
    headers: new Map(pairs),
    body: text(11),
    rawBody: fieldsOf(http!, 12)[0] ?? Buffer.alloc(0),
    source: fieldsOf(fieldsOf(fieldsOf(fieldsOf(request!, 1)[0]!, 1)[0]!, 1)[0]!, 2)[0]!.toString(),
  };
}

function fieldsOf(message: Buffer, number: number): Buffer[] {
  const reader = new ProtobufReader(message);
  const found: Buffer[] = [];
  while (reader.next()) if (reader.number === number && reader.bytes !== undefined) found.push(reader.bytes);
  if (reader.malformed) throw new Error("no message");
  return found;
}

/** A `HeaderValueOption`. */
export interface Option {
  readonly name: string;
  readonly value: string;
  readonly append?: boolean;
  readonly action?: number;
  readonly keepEmpty?: boolean;
}

function option(field: number, { name, value, append, action, keepEmpty }: Option): string {
  return bytesField(
    field,
    bytesField(1, bytesField(1, name) + bytesField(2, value)) +
      (append === undefined ? "" : bytesField(2, append ? numberField(1, 1) : "")) +
      (action === undefined ? "" : numberField(3, action)) +
      (keepEmpty === undefined ? "" : numberField(4, 1)),
  );
}

/** A consent. */
export function allow(
  more: {
    readonly headers?: readonly Option[];
    readonly remove?: readonly string[];
    readonly response?: readonly Option[];
    readonly setQuery?: readonly (readonly [string, string])[];
    readonly removeQuery?: readonly string[];
  } = {},
): Buffer {
  const ok =
    (more.headers ?? []).map((header) => option(2, header)).join("") +
    (more.remove ?? []).map((name) => bytesField(5, name)).join("") +
    (more.response ?? []).map((header) => option(6, header)).join("") +
    (more.setQuery ?? [])
      .map(([name, value]) => bytesField(7, bytesField(1, name) + bytesField(2, value)))
      .join("") +
    (more.removeQuery ?? []).map((name) => bytesField(8, name)).join("");
  return Buffer.from(bytesField(1, "") + bytesField(3, ok), "latin1");
}

/** A refusal. `status` 0 leaves it out. */
export function deny(status: number, headers: readonly Option[] = [], body = ""): Buffer {
  const denied =
    (status === 0 ? "" : bytesField(1, numberField(1, status))) +
    headers.map((header) => option(2, header)).join("") +
    bytesField(3, body);
  return Buffer.from(bytesField(1, numberField(1, 7)) + bytesField(2, denied), "latin1");
}
