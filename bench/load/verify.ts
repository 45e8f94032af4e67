import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import { hosts, mirrorPrefix, plainWire, type Setup, type Wire } from "../subject/setup.ts";
import { poweredBy } from "./backend.ts";

/** Milliseconds for one answer on an idle machine. */
const answerTimeout = 5_000;

/** Throws when the subject does not do what the others do: a figure for less work would be worth nothing. */
export async function verify(setup: Setup): Promise<void> {
  const { relay } = setup.wire;
  if (relay !== undefined) return verifyRelay(setup.port, relay === "tls");
  const route = setup.routes.find(({ prefix }) => prefix === mirrorPrefix);
  if (route === undefined) throw new Error("the setup has no route to the mirror");
  const { edits } = setup;
  const path = `${route.prefix}/item?page=2`;
  const fields = { "X-Env": "client", "X-Secret": "client", "X-Forwarded-For": "192.0.2.1" };
  const { wire } = setup;
  const answer = await get(setup.port, route.host, path, fields, wire);
  if (answer.status !== 200) throw new Error(`answers ${answer.status} where it should answer 200`);
  const seen = new Map(answer.body.split("\n").map((line) => splitOnce(line)));
  expect(seen.get("uri"), (edits?.pathPrefix ?? "") + path, "path");
  expect(seen.get("host"), route.host, "Host");
  // Envoy puts the machine's own address where the client's is a loopback address.
  if (!/^192\.0\.2\.1, ?[0-9.]+$/.test(seen.get("x-forwarded-for") ?? ""))
    throw new Error("does not append to X-Forwarded-For");
  expect(seen.get("x-forwarded-proto"), wire.tls === undefined ? "http" : "https", "X-Forwarded-Proto");
  expect(seen.get("x-forwarded-host"), route.host, "X-Forwarded-Host");
  if (!/^[0-9a-f-]{32,36}$/i.test(seen.get("x-request-id") ?? "")) throw new Error("sends no X-Request-Id");
  expect(seen.get("x-env"), edits?.request.set.value ?? "client", "X-Env");
  expect(seen.get("x-tag"), edits?.request.add.value ?? "", "X-Tag");
  expect(seen.get("x-secret"), edits === undefined ? "client" : "", "X-Secret");
  const removed = answer.headers[poweredBy.name.toLowerCase()];
  expect(removed, edits === undefined ? poweredBy.value : undefined, poweredBy.name);
  for (const field of edits === undefined ? [] : [edits.response.set, edits.response.add])
    expect(answer.headers[field.name.toLowerCase()], field.value, field.name);
  for (const [host, unknown] of [
    ["unknown.example.com", path],
    [route.host, "/unknown"],
    [route.host, `${route.prefix}ed`],
  ] as const) {
    const { status } = await get(setup.port, host, unknown, {}, wire);
    if (status !== 404) throw new Error(`answers ${status} for ${host}${unknown} where it should answer 404`);
  }
}

/** The upstream sees the request as it was sent. */
async function verifyRelay(port: number, tls: boolean): Promise<void> {
  const { status, body } = await getHttp1(port, hosts[0]!, `${mirrorPrefix}/item`, {}, tls, "127.0.0.1");
  if (status !== 200) throw new Error(`the upstream answers ${status} where it should answer 200`);
  const seen = new Map(body.split("\n").map((line) => splitOnce(line)));
  expect(seen.get("x-forwarded-for"), "", "X-Forwarded-For");
  expect(seen.get("host"), hosts[0], "Host");
}

function splitOnce(line: string): readonly [string, string] {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}

function expect(actual: unknown, wanted: string | undefined, name: string): void {
  if (actual !== wanted)
    throw new Error(`${name} is ${JSON.stringify(actual)}, should be ${JSON.stringify(wanted)}`);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** One request on a connection of its own. */
export function get(
  port: number,
  host: string,
  path: string,
  fields: Record<string, string>,
  { http2, tls }: Pick<Wire, "http2" | "tls"> = plainWire,
  address = "127.0.0.1",
): Promise<Answer> {
  return http2
    ? getHttp2(port, host, path, fields, tls !== undefined)
    : getHttp1(port, host, path, fields, tls !== undefined, address);
}

function getHttp1(
  port: number,
  host: string,
  path: string,
  fields: Record<string, string>,
  tls: boolean,
  address: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host, ...fields };
    const options = { host: address, port, path, headers, agent: false, timeout: answerTimeout } as const;
    const onResponse = (response: IncomingMessage): void => {
      let body = "";
      response.setEncoding("latin1");
      response.on("data", (text: string) => (body += text));
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    };
    const sent = tls
      ? httpsRequest({ ...options, servername: host, rejectUnauthorized: false }, onResponse)
      : request(options, onResponse);
    sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.once("error", reject);
    sent.end();
  });
}

function getHttp2(
  port: number,
  host: string,
  path: string,
  fields: Record<string, string>,
  tls: boolean,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const scheme = tls ? "https" : "http";
    const session = connect(`${scheme}://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false });
    session.once("error", reject);
    const stream = session.request({ ":authority": host, ":path": path, ...lowerCased(fields) });
    stream.setTimeout(answerTimeout, () => reject(new Error("no answer in time")));
    let answer: IncomingHttpHeaders & { ":status"?: number } = {};
    let body = "";
    stream.setEncoding("latin1");
    stream.once("response", (headers) => (answer = headers as typeof answer));
    stream.on("data", (text: string) => (body += text));
    stream.once("error", reject);
    stream.once("end", () => {
      session.close();
      resolve({ status: answer[":status"] ?? 0, headers: answer, body });
    });
  });
}

function lowerCased(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}
