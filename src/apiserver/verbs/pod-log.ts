import type { IncomingMessage, ServerResponse } from "node:http";
import { request } from "node:https";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { KeyPair } from "../auth/certificate.ts";
import { ApiError } from "../error.ts";
import type { Call } from "../http/call.ts";
import { objectIn } from "../objects/meta.ts";

/** Milliseconds for a node to begin its answer. */
const ANSWER_TIMEOUT = 30_000;
/** Of a node whose status names none (`daemonEndpoints.kubeletEndpoint`). */
const KUBELET_PORT = 10_250;
/** Bytes of a node's complaint that are passed on. */
const MAX_COMPLAINT = 4096;

/** `PodLogOptions` without the container, which is part of the path: what a node is told. */
const passed = [
  "follow",
  "previous",
  "sinceSeconds",
  "sinceTime",
  "timestamps",
  "tailLines",
  "limitBytes",
  "stream",
];

/** Preferred first, as kube-apiserver's `--kubelet-preferred-address-types` may have it. */
const addressTypes = ["InternalIP", "ExternalIP", "Hostname"];

/** GET `pods/NAME/log`: what the pod's node has kept, as the node sends it. */
export class PodLogs {
  private readonly client: KeyPair;
  private readonly authority: string;

  /** @param client Who nodes are told that we are. @param authority PEM: nodes' certificates are believed when it has signed them. */
  constructor(client: KeyPair, authority: string) {
    this.client = client;
    this.authority = authority;
  }

  /** Resolves when the answer has begun; rejects with an ApiError when there is none. */
  async send(call: Call, response: ServerResponse): Promise<void> {
    const { objects, served, target, query } = call;
    const pod = objects.get(served, target.namespace, target.name);
    const container = containerOf(pod, query.get("container"), target.name);
    const { host, port } = nodeOf(call, pod, target.name);
    const path = ["containerLogs", target.namespace, target.name, container].map(encodeURIComponent);
    const words = new URLSearchParams(
      passed.flatMap((name) => query.getAll(name).map((value) => [name, value])),
    );
    const answer = await this.ask(host, port, `/${path.join("/")}?${words.toString()}`, response);
    if (answer.statusCode !== 200) throw await refusalOf(answer);
    response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-cache, private" });
    // A log that is followed may say nothing for long: its beginning is told at once.
    response.flushHeaders();
    answer.once("error", () => response.destroy());
    answer.pipe(response);
  }

  private ask(host: string, port: number, path: string, response: ServerResponse): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { certificate: cert, key } = this.client;
      const asking = request({ host, port, path, cert, key, ca: this.authority, agent: false });
      const limit = setTimeout(
        () => asking.destroy(new Error(`no answer within ${ANSWER_TIMEOUT / 1000} s`)),
        ANSWER_TIMEOUT,
      );
      response.once("close", () => {
        clearTimeout(limit);
        asking.destroy();
      });
      asking.once("response", (answer) => {
        clearTimeout(limit);
        resolve(answer);
      });
      asking.once("error", (error) => {
        clearTimeout(limit);
        reject(new ApiError("InternalError", `the pod's node, ${host}:${port}: ${error.message}`));
      });
      asking.end();
    });
  }
}

/** The one that is asked for, or the only one. */
function containerOf(pod: JsonObject, wanted: string | null, name: string): string {
  const spec = objectIn(pod, "spec");
  const names = (field: string) => listIn(spec, field).map((each) => String(each["name"]));
  const ordinary = names("containers");
  const all = [...ordinary, ...names("initContainers"), ...names("ephemeralContainers")];
  if (wanted !== null && wanted !== "") {
    if (all.includes(wanted)) return wanted;
    throw new ApiError("BadRequest", `container ${wanted} is not valid for pod ${name}`);
  }
  if (ordinary.length === 1) return ordinary[0] ?? "";
  throw new ApiError(
    "BadRequest",
    `a container name must be specified for pod ${name}, choose one of: [${all.join(" ")}]`,
  );
}

function nodeOf({ objects }: Call, pod: JsonObject, name: string): { host: string; port: number } {
  const { nodeName } = objectIn(pod, "spec");
  if (typeof nodeName !== "string" || nodeName === "")
    throw new ApiError("BadRequest", `pod ${name} does not have a host assigned`);
  const row = objects.store.read("nodes", "", nodeName);
  if (row === undefined) throw new ApiError("NotFound", `nodes "${nodeName}" not found`);
  const status = objectIn(JSON.parse(row.text) as JsonObject, "status");
  const addresses = listIn(status, "addresses");
  const found = addressTypes
    .map((type) => addresses.find((each) => each["type"] === type)?.["address"])
    .find((address) => typeof address === "string");
  if (found === undefined)
    throw new ApiError("ServiceUnavailable", `node "${nodeName}" has no address that its kubelet could have`);
  const port = objectIn(objectIn(status, "daemonEndpoints"), "kubeletEndpoint")["Port"];
  return { host: found, port: typeof port === "number" && port > 0 ? port : KUBELET_PORT };
}

/** What a node has against it, in its own words. */
async function refusalOf(answer: IncomingMessage): Promise<ApiError> {
  let text = "";
  for await (const piece of answer.setEncoding("utf8")) {
    text += piece as string;
    if (text.length > MAX_COMPLAINT) break;
  }
  const reason =
    answer.statusCode === 404 ? "NotFound" : answer.statusCode === 400 ? "BadRequest" : "InternalError";
  return new ApiError(
    reason,
    text.slice(0, MAX_COMPLAINT).trim() || `the pod's node answers ${answer.statusCode}`,
  );
}

function listIn(object: JsonObject, field: string): readonly JsonObject[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
