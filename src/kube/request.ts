import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { gunzip } from "node:zlib";
import { Backoff } from "../std/backoff.ts";
import { isJsonObject, type JsonObject } from "../resources/json.ts";
import { type Connection, CredentialKeeper, type Credentials } from "./connection.ts";
import { errorOfAnswer, errorOfSocket, failure, KubeError, stopped } from "./error.ts";
import { pause } from "./pause.ts";
import { Scope } from "./scope.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With query. */
  readonly path: string;
  readonly body?: JsonObject | readonly JsonObject[];
  readonly contentType?: string;
  readonly accept?: string;
  /** Done twice it does no more than done once. GET, PUT and DELETE are so anyway. */
  readonly idempotent?: boolean;
  /** The answer may be as large as a list. */
  readonly list?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Tries in all; 1 leaves the answer to a failure to the caller. */
  readonly tries?: number;
}

export interface RequestLimits {
  /** Milliseconds until the connection stands, TLS included. */
  readonly connect: number;
  /** Milliseconds from there until the head of the answer. Servers queue requests for up to a minute. */
  readonly head: number;
  /** Milliseconds for one try, all included. Watches have limits of their own. */
  readonly whole: number;
  /** Bytes of an answer, unpacked. */
  readonly object: number;
  /** Bytes of a page of a list, unpacked. */
  readonly list: number;
  readonly tries: number;
  /** Milliseconds of the first pause between tries, and the longest that is made without being told to. */
  readonly retryFirst: number;
  readonly retryMost: number;
  /** Seconds of `Retry-After` that are waited for within a request; longer ones are the caller's. */
  readonly retryAfter: number;
}

const defaultLimits: RequestLimits = {
  connect: 10_000,
  head: 75_000,
  whole: 120_000,
  object: 16 * 2 ** 20,
  list: 256 * 2 ** 20,
  tries: 5,
  retryFirst: 250,
  retryMost: 8000,
  retryAfter: 60,
};

/** Connections that requests share. Watches do not count: each has its own. */
const MAX_SOCKETS = 16;
/** Milliseconds without traffic until TCP asks whether the other side is still there. */
const TCP_KEEP_ALIVE = 15_000;

/** Sends requests to one API server. */
export class Transport {
  readonly limits: RequestLimits;
  private readonly connection: Connection;
  private readonly keeper: CredentialKeeper;
  private readonly agent: http.Agent;
  private readonly base: string;
  private readonly closing = new AbortController();
  /** Sockets that are connected, TLS included. Node tells only some of the requests that get one a second time. */
  private readonly standing = new WeakSet<Socket>();

  constructor(connection: Connection, limits: Partial<RequestLimits> = {}) {
    this.connection = connection;
    this.limits = { ...defaultLimits, ...limits };
    this.keeper = new CredentialKeeper(connection);
    this.base = connection.server.pathname.replace(/\/+$/, "");
    const options = { keepAlive: true, maxSockets: MAX_SOCKETS, keepAliveMsecs: TCP_KEEP_ALIVE };
    this.agent = connection.server.protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
  }

  /**
   * The object that the server answers with. 401 renews the credentials once; 429, 503 and lost connections are
   * tried again when that is harmless.
   */
  async send(request: ApiRequest): Promise<JsonObject> {
    const tries = request.tries ?? this.limits.tries;
    const backoff = new Backoff(this.limits.retryFirst, this.limits.retryMost);
    for (let count = 1; ; count++) {
      try {
        return await this.exchange(request);
      } catch (error) {
        if (!(error instanceof KubeError) || count >= tries || !this.mayRetry(error, request)) throw error;
        const told = (error.retryAfterSeconds ?? 0) * 1000;
        await pause(Math.max(told, backoff.next()), request.signal);
      }
    }
  }

  /**
   * The head of a good answer whose body is still to come, on a connection of its own; bad answers reject. The
   * caller destroys it.
   */
  async open(request: ApiRequest): Promise<IncomingMessage> {
    const scope = new Scope([request.signal, this.closing.signal]);
    try {
      return await this.authorized(request, scope, false, async (answer) => {
        if (answer.statusCode !== 200) throw await this.errorOf(answer);
        answer.once("close", () => scope.close());
        return answer;
      });
    } catch (error) {
      scope.close();
      throw error;
    }
  }

  /** Ends what is under way and closes every connection. */
  close(): void {
    this.closing.abort();
    this.agent.destroy();
  }

  private mayRetry(error: KubeError, request: ApiRequest): boolean {
    if ((error.retryAfterSeconds ?? 0) > this.limits.retryAfter) return false;
    if (error.code === 429) return true;
    const harmless = request.idempotent ?? ["GET", "PUT", "DELETE"].includes(request.method);
    if (!harmless) return false;
    if (error.code >= 500) return error.code <= 503 || error.retryAfterSeconds !== undefined;
    return error.reason === "Unreachable";
  }

  private async exchange(request: ApiRequest): Promise<JsonObject> {
    const { whole, list, object } = this.limits;
    const error = (): KubeError => this.timedOut("whole answer", whole);
    const scope = new Scope([request.signal, this.closing.signal], { after: whole, error });
    try {
      return await this.authorized(request, scope, true, async (answer) => {
        const code = answer.statusCode ?? 0;
        if (code < 200 || code > 299) throw await this.errorOf(answer);
        return parseObject(await readBody(answer, request.list === true ? list : object));
      });
    } finally {
      scope.close();
    }
  }

  private async authorized<T>(
    request: ApiRequest,
    scope: Scope,
    shared: boolean,
    use: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const credentials = await this.credentials(scope, this.keeper.current());
    try {
      return await use(await this.start(request, scope, shared, credentials));
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 401) throw error;
      const newer = await this.credentials(scope, this.keeper.after(credentials));
      if (newer === undefined) throw error;
      return use(await this.start(request, scope, shared, newer));
    }
  }

  /** Whoever gives credentials may take long: a user logs in. Nobody else has to wait for that to end. */
  private async credentials<T>({ signal }: Scope, looking: Promise<T>): Promise<T> {
    const ended = Promise.withResolvers<never>();
    const stop = (): void => ended.reject(stopped());
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await Promise.race([looking, ended.promise]);
    } catch (error) {
      if (error instanceof KubeError) throw error;
      throw failure("NoCredentials", error instanceof Error ? error.message : String(error), error);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Sends the request; resolves with the head of the answer. */
  private start(
    request: ApiRequest,
    scope: Scope,
    shared: boolean,
    credentials: Credentials,
  ): Promise<IncomingMessage> {
    const { connection, limits } = this;
    const { signal } = scope;
    const secure = connection.server.protocol === "https:";
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    if (signal.aborted) return Promise.reject(scope.reason);
    return new Promise((resolve, reject) => {
      const outgoing = (secure ? https : http).request({
        ...addressOf(connection.server),
        ...(secure && tlsOf(connection, credentials)),
        path: this.base + request.path,
        method: request.method,
        headers: headersOf(request, connection, credentials, body),
        agent: credentials.agent ?? (shared ? this.agent : false),
      });
      let timer: NodeJS.Timeout | undefined;
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      };
      const fail = (error: unknown): void => {
        settle();
        outgoing.destroy();
        reject(errorOfSocket(error, connection.server.origin));
      };
      const abort = (): void => fail(scope.reason);
      const wait = (what: string, milliseconds: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(this.timedOut(what, milliseconds)), milliseconds);
      };
      signal.addEventListener("abort", abort, { once: true });
      // Stays for good: a connection that breaks after the answer must not bring the process down.
      outgoing.on("error", fail);
      outgoing.once("socket", (socket) => {
        socket.setKeepAlive(true, TCP_KEEP_ALIVE);
        // What an agent for a proxy hands over stands already.
        if (this.standing.has(socket) || credentials.agent !== undefined) wait("answer", limits.head);
        else {
          wait("connection", limits.connect);
          socket.once(secure ? "secureConnect" : "connect", () => {
            this.standing.add(socket);
            wait("answer", limits.head);
          });
        }
      });
      outgoing.once("response", (answer) => {
        settle();
        const cut = (): void => void answer.destroy(scope.reason);
        signal.addEventListener("abort", cut, { once: true });
        answer.once("close", () => signal.removeEventListener("abort", cut));
        answer.on("error", () => undefined);
        resolve(answer);
      });
      outgoing.end(body);
    });
  }

  private async errorOf(answer: IncomingMessage): Promise<KubeError> {
    const text = await readBody(answer, this.limits.object);
    return errorOfAnswer(answer.statusCode ?? 0, text, answer.headers["retry-after"]);
  }

  private timedOut(what: string, milliseconds: number): KubeError {
    const server = this.connection.server.origin;
    return failure("TimedOut", `No ${what} from ${server} within ${milliseconds / 1000} s`);
  }
}

function addressOf(server: URL): http.RequestOptions {
  // A URL has brackets around IPv6 addresses, which sockets do not want.
  const hostname = server.hostname.replace(/^\[(.*)\]$/, "$1");
  return { hostname, port: server.port === "" ? (server.protocol === "https:" ? 443 : 80) : server.port };
}

function tlsOf(connection: Connection, { clientCertificate }: Credentials): https.RequestOptions {
  return {
    ...(connection.ca !== undefined && { ca: connection.ca }),
    ...(connection.serverName !== undefined && { servername: connection.serverName }),
    ...(connection.insecure === true && { rejectUnauthorized: false }),
    ...(clientCertificate !== undefined && {
      cert: clientCertificate.certificate,
      key: clientCertificate.key,
    }),
  };
}

function headersOf(
  request: ApiRequest,
  connection: Connection,
  credentials: Credentials,
  body: string | undefined,
): http.OutgoingHttpHeaders {
  return {
    ...credentials.headers,
    accept: request.accept ?? "application/json",
    "user-agent": "gatewright",
    ...(connection.compress === true && request.list === true && { "accept-encoding": "gzip" }),
    ...(credentials.authorization !== undefined && { authorization: credentials.authorization }),
    ...(body !== undefined && {
      "content-type": request.contentType ?? "application/json",
      "content-length": Buffer.byteLength(body),
    }),
  };
}

/** The whole body as text. @param most Bytes, unpacked. */
async function readBody(answer: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) throw failure("TooLarge", `The answer is larger than ${most} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof KubeError) throw error;
    throw failure("Unreachable", "The connection broke in the middle of an answer", error);
  }
  const body = Buffer.concat(chunks, size);
  const unpacked = answer.headers["content-encoding"] === "gzip" ? await unpack(body, most) : body;
  return unpacked.toString("utf8");
}

function unpack(body: Buffer, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: most }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
        reject(failure("TooLarge", `The answer is larger than ${most} bytes`));
      } else reject(failure("BadAnswer", `Cannot unpack the answer: ${error.message}`, error));
    });
  });
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure("BadAnswer", `The answer is not JSON: ${(error as Error).message}`, error);
  }
  if (isJsonObject(value)) return value;
  throw failure("BadAnswer", "The answer is not an object");
}
