/** A request of a case, and what must come of it. */
export interface CaseRequest {
  /** As written, for messages: `GET http://a.example.com:8080/path?x=1`. */
  readonly text: string;
  readonly method: string;
  /** What is sent as Host: the authority of the URL, or `headers.host`. */
  readonly host: string;
  /** Port of the listener to connect to. */
  readonly port: number;
  /** Request target: path and query as written. */
  readonly target: string;
  /** Address of the Gateway to connect to. */
  readonly address: string;
  /** Other header fields; several values make several fields. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** How often it is sent. */
  readonly times: number;
  readonly expect: Expectation;
}

export interface Expectation {
  /** Absent only when `shares` is there. */
  readonly status?: number;
  /** Backends (`NAMESPACE/SERVICE:PORT`) one of which must answer; empty: no backend may see it. */
  readonly backends?: readonly string[];
  /** Fields of the answer; null = must be absent. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly location?: string;
  readonly seen?: Seen;
  /** Of `times` requests, the part that each backend answers, or each status where no backend did. */
  readonly shares?: Readonly<Record<string, number>>;
}

/** The request as the backend got it. */
export interface Seen {
  readonly method?: string;
  readonly host?: string;
  /** With the query. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string | null>>;
}

const defaultAddress = "127.0.0.1";
const requestLine = /^([A-Z]+) http:\/\/([^/:?#\s]+|\[[^\]]+\])(?::([0-9]+))?(\/\S*)$/;

/** Throws on anything that is not in the format of `test/cases/README.md`, a misspelt key for one. */
export function checkRequests(file: string, value: unknown): readonly CaseRequest[] {
  if (!Array.isArray(value)) throw new Error(`${file}: requests must be a list`);
  return value.map((entry, index) => checkRequest(`${file}: requests[${index}]`, entry));
}

function checkRequest(place: string, entry: unknown): CaseRequest {
  const fields = map(place, entry, ["request", "address", "headers", "times", "expect"]);
  const text = string(`${place}.request`, fields["request"]);
  const line = requestLine.exec(text);
  if (line === null) throw new Error(`${place}: request must be like "GET http://host:port/path"`);
  const [, method = "", name = "", port, target = ""] = line;
  const { host, ...headers } = manyStrings(`${place}.headers`, fields["headers"]);
  const expect = checkExpectation(`${place}.expect`, fields["expect"]);
  const times = fields["times"] === undefined ? 1 : number(`${place}.times`, fields["times"]);
  if (expect.shares !== undefined && times === 1) throw new Error(`${place}: shares need times`);
  return {
    text,
    method,
    host: host?.[0] ?? (port === undefined ? name : `${name}:${port}`),
    port: Number(port ?? 80),
    target,
    address: fields["address"] === undefined ? defaultAddress : string(`${place}.address`, fields["address"]),
    headers,
    times,
    expect,
  };
}

function checkExpectation(place: string, entry: unknown): Expectation {
  const fields = map(place, entry, ["status", "backend", "headers", "location", "seen", "shares"]);
  const { status, backend, headers, location, seen, shares } = fields;
  if ((status === undefined) === (shares === undefined)) throw new Error(`${place}: either status or shares`);
  return {
    ...(status !== undefined && { status: number(`${place}.status`, status) }),
    ...(backend !== undefined && { backends: strings(`${place}.backend`, backend) }),
    headers: values(`${place}.headers`, headers),
    ...(location !== undefined && { location: string(`${place}.location`, location) }),
    ...(seen !== undefined && { seen: checkSeen(`${place}.seen`, seen) }),
    ...(shares !== undefined && { shares: checkShares(`${place}.shares`, shares) }),
  };
}

function checkSeen(place: string, entry: unknown): Seen {
  const { method, host, path, headers } = map(place, entry, ["method", "host", "path", "headers"]);
  return {
    ...(method !== undefined && { method: string(`${place}.method`, method) }),
    ...(host !== undefined && { host: string(`${place}.host`, host) }),
    ...(path !== undefined && { path: string(`${place}.path`, path) }),
    headers: values(`${place}.headers`, headers),
  };
}

function checkShares(place: string, entry: unknown): Readonly<Record<string, number>> {
  const shares = Object.entries(map(place, entry)).map(([key, one]) => [key, number(place, one)] as const);
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) throw new Error(`${place}: the shares must make 1`);
  return Object.fromEntries(shares);
}

function map(place: string, value: unknown, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${place}: must be a map`);
  }
  const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${place}: "${unknown}" is not known here`);
  return value as Record<string, unknown>;
}

function string(place: string, value: unknown): string {
  if (typeof value !== "string") throw new Error(`${place}: must be text`);
  return value;
}

function number(place: string, value: unknown): number {
  if (typeof value !== "number") throw new Error(`${place}: must be a number`);
  return value;
}

function strings(place: string, value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((one) => string(place, one)) : [string(place, value)];
}

function manyStrings(place: string, value: unknown): Readonly<Record<string, readonly string[]>> {
  const entries = Object.entries(value === undefined ? {} : map(place, value));
  return Object.fromEntries(
    entries.map(([key, one]) => [key.toLowerCase(), strings(`${place}.${key}`, one)]),
  );
}

function values(place: string, value: unknown): Readonly<Record<string, string | null>> {
  const entries = Object.entries(value === undefined ? {} : map(place, value));
  return Object.fromEntries(
    entries.map(([key, one]) => [key.toLowerCase(), one === null ? null : string(`${place}.${key}`, one)]),
  );
}
