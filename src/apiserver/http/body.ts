import type { IncomingMessage } from "node:http";
import { parse as parseYaml } from "yaml";
import { ApiError } from "../error.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { decodeProtobuf } from "../protobuf/decode.ts";

/** Bytes of a request body; the limit of kube-apiserver. */
const MAX_BODY = 3 * 1024 * 1024;
/** Levels of lists and maps in one body: far more than any object has, far less than the stack. */
const MAX_DEPTH = 200;

/** Reads the whole body, or refuses it as soon as it is too large. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > MAX_BODY) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(new ApiError("BadRequest", "The connection ended within the body"));
    });
  });
}

function tooLarge(): ApiError {
  return new ApiError(
    "RequestEntityTooLarge",
    `Request entity too large: limit is ${MAX_BODY} bytes (3 MiB)`,
  );
}

/** Media type without its parameters, in lower case. */
export function mediaType(field: string | undefined): string {
  return (field ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

const YAML_TYPES = new Set(["application/yaml", "application/apply-patch+yaml"]);
const JSON_TYPES = new Set([
  "",
  "application/json",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
]);

/** What Go clients write objects of built-in kinds in. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** The JSON value of a body in one of the media types that an API server reads. */
export function decodeBody(body: Buffer, type: string): unknown {
  if (type !== PROTOBUF && !YAML_TYPES.has(type) && !JSON_TYPES.has(type)) {
    const known = [...JSON_TYPES, ...YAML_TYPES, PROTOBUF].filter((each) => each !== "").join(", ");
    throw new ApiError("UnsupportedMediaType", `The body is of type ${type}; accepted are ${known}`);
  }
  const value = valueOf(body, type);
  if (isDeeperThan(value, MAX_DEPTH)) {
    throw new ApiError("BadRequest", `The body is nested deeper than ${MAX_DEPTH} levels`);
  }
  return value;
}

/** The body of a request that carries one object. */
export function decodeObject(body: Buffer, type: string): JsonObject {
  if (body.length === 0) throw new ApiError("BadRequest", "The request has no body: an object is expected");
  const value = decodeBody(body, type);
  if (!isJsonObject(value)) throw new ApiError("BadRequest", "The body is not a JSON object");
  return value;
}

function valueOf(body: Buffer, type: string): unknown {
  if (type === PROTOBUF) return fromProtobuf(body);
  const text = body.toString("utf8");
  return YAML_TYPES.has(type) ? fromYaml(text) : fromJson(text);
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ApiError("BadRequest", `The body is not valid JSON: ${(error as Error).message}`);
  }
}

function fromProtobuf(body: Buffer): unknown {
  let object: JsonObject | undefined;
  try {
    object = decodeProtobuf(body);
  } catch (error) {
    throw new ApiError("BadRequest", `The body is not a protobuf message: ${(error as Error).message}`);
  }
  if (object !== undefined) return object;
  throw new ApiError(
    "UnsupportedMediaType",
    `Objects of this kind cannot be written as ${PROTOBUF}: write JSON`,
  );
}

function fromYaml(text: string): unknown {
  // What programs send as YAML is most often JSON, and JSON is read a hundred times faster.
  if (text.startsWith("{")) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Flow style YAML begins with a brace too.
    }
  }
  try {
    return parseYaml(text, { maxAliasCount: 100, schema: "core", uniqueKeys: true }) as unknown;
  } catch (error) {
    throw new ApiError("BadRequest", `The body is not valid YAML: ${(error as Error).message}`);
  }
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  for (const each of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeperThan(each, depth - 1)) return true;
  }
  return false;
}
