import { request, type IncomingMessage } from "node:http";
import { mirrorPrefix, type Setup } from "../subject/setup.ts";
import { poweredBy } from "./backend.ts";

/** Milliseconds for one answer on an idle machine. */
const answerTimeout = 5_000;

/** Throws when the subject does not do what the others do: a figure for less work would be worth nothing. */
export async function verify(setup: Setup): Promise<void> {
  const route = setup.routes.find(({ prefix }) => prefix === mirrorPrefix);
  if (route === undefined) throw new Error("the setup has no route to the mirror");
  const { edits } = setup;
  const path = `${route.prefix}/item?page=2`;
  const fields = { "X-Env": "client", "X-Secret": "client", "X-Forwarded-For": "192.0.2.1" };
  const answer = await get(setup.port, route.host, path, fields);
  if (answer.status !== 200) throw new Error(`answers ${answer.status} where it should answer 200`);
  const seen = new Map(answer.body.split("\n").map((line) => splitOnce(line)));
  expect(seen.get("uri"), (edits?.pathPrefix ?? "") + path, "path");
  expect(seen.get("host"), route.host, "Host");
  // Envoy puts the machine's own address where the client's is a loopback address.
  if (!/^192\.0\.2\.1, ?[0-9.]+$/.test(seen.get("x-forwarded-for") ?? ""))
    throw new Error("does not append to X-Forwarded-For");
  expect(seen.get("x-forwarded-proto"), "http", "X-Forwarded-Proto");
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
    const { status } = await get(setup.port, host, unknown, {});
    if (status !== 404) throw new Error(`answers ${status} for ${host}${unknown} where it should answer 404`);
  }
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
  address = "127.0.0.1",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host, ...fields };
    const sent = request(
      { host: address, port, path, headers, agent: false, timeout: answerTimeout },
      (response) => {
        let body = "";
        response.setEncoding("latin1");
        response.on("data", (text: string) => (body += text));
        response.once("error", reject);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.once("error", reject);
    sent.end();
  });
}
