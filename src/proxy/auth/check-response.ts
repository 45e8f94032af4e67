import { ProtobufReader } from "../../wire/protobuf.ts";
import { toWire } from "../match/text.ts";
import { type Denial, denialStatus, type FieldEdit, type Verdict } from "./verdict.ts";

/** Numbers of fields in `envoy/service/auth/v3` and `envoy/config/core/v3`. */
const CheckResponse = { status: 1, denied: 2, ok: 3, error: 5 } as const;
const Status = { code: 1 } as const;
const Denied = { status: 1, headers: 2, body: 3 } as const;
const Ok = { headers: 2, headersToRemove: 5, responseHeaders: 6, setQuery: 7, removeQuery: 8 } as const;
const HttpStatus = { code: 1 } as const;
const HeaderValueOption = { header: 1, append: 2, appendAction: 3, keepEmptyValue: 4 } as const;
const HeaderValue = { key: 1, value: 2, rawValue: 3 } as const;
const QueryParameter = { key: 1, value: 2 } as const;

/** By number of `HeaderAppendAction`. */
const actions: readonly FieldEdit["action"][] = ["add", "add-if-absent", "set", "set-if-present"];

/**
 * The verdict in a `CheckResponse`; undefined when the bytes are none, or hold neither a consent nor a refusal. Whatever speaks of a
 * refusal is one.
 */
export function readCheckResponse(message: Buffer): Verdict | undefined {
  const reader = new ProtobufReader(message);
  let code: number | undefined;
  let denied: Buffer | undefined;
  let ok: Buffer | undefined;
  while (reader.next()) {
    const { bytes } = reader;
    if (bytes === undefined) continue;
    if (reader.number === CheckResponse.status) code = readCode(bytes, Status.code);
    else if (reader.number === CheckResponse.ok) ok = bytes;
    else if (reader.number === CheckResponse.denied || reader.number === CheckResponse.error) denied = bytes;
    else continue;
    if (code === -1) return undefined;
  }
  if (reader.malformed) return undefined;
  if (denied !== undefined) return readDenied(denied);
  if (code !== undefined && code !== 0) return { allowed: false, status: 403, fields: [], body: "" };
  if (ok !== undefined) return readOk(ok);
  return code === undefined ? undefined : plainConsent;
}

const plainConsent: Verdict = { allowed: true, request: [], response: [], setQuery: [], removeQuery: [] };

/** The number in a message that has one of interest; -1 when it is no message. */
function readCode(message: Buffer, field: number): number {
  const reader = new ProtobufReader(message);
  let code = 0;
  while (reader.next()) if (reader.number === field) code = reader.value;
  return reader.malformed ? -1 : code;
}

/** Status 403 unless it says another. */
function readDenied(message: Buffer): Denial | undefined {
  const reader = new ProtobufReader(message);
  const fields: [string, string][] = [];
  let status = 403;
  let body = "";
  while (reader.next()) {
    const { bytes } = reader;
    if (bytes === undefined) continue;
    if (reader.number === Denied.status) status = readCode(bytes, HttpStatus.code);
    else if (reader.number === Denied.body) body = bytes.toString("latin1");
    else if (reader.number === Denied.headers) {
      const edits: FieldEdit[] = [];
      if (!readHeader(bytes, edits)) return undefined;
      for (const { action, name, value } of edits)
        if (action !== "remove") fields.push([name, toWire(value)]);
    }
  }
  return reader.malformed ? undefined : { allowed: false, status: denialStatus(status), fields, body };
}

function readOk(message: Buffer): Verdict | undefined {
  const reader = new ProtobufReader(message);
  const request: FieldEdit[] = [];
  const removed: FieldEdit[] = [];
  const response: FieldEdit[] = [];
  const setQuery: [string, string][] = [];
  const removeQuery: string[] = [];
  while (reader.next()) {
    const { bytes } = reader;
    if (bytes === undefined) continue;
    if (reader.number === Ok.headers || reader.number === Ok.responseHeaders) {
      if (!readHeader(bytes, reader.number === Ok.headers ? request : response)) return undefined;
    } else if (reader.number === Ok.headersToRemove)
      removed.push({ action: "remove", name: bytes.toString("utf8"), value: "" });
    else if (reader.number === Ok.setQuery) {
      const pair = readPair(bytes);
      if (pair === undefined) return undefined;
      setQuery.push(pair);
    } else if (reader.number === Ok.removeQuery) removeQuery.push(bytes.toString("utf8"));
  }
  if (reader.malformed) return undefined;
  return { allowed: true, request: [...request, ...removed], response, setQuery, removeQuery };
}

function readPair(message: Buffer): [string, string] | undefined {
  const reader = new ProtobufReader(message);
  let name = "";
  let value = "";
  while (reader.next()) {
    if (reader.number === QueryParameter.key) name = reader.bytes?.toString("utf8") ?? "";
    else if (reader.number === QueryParameter.value) value = reader.bytes?.toString("utf8") ?? "";
  }
  return reader.malformed || name === "" ? undefined : [name, value];
}

/**
 * A `HeaderValueOption`. Its `append` "defaults to false when used in this message": what says nothing of either replaces what the
 * client has sent, which may be a forgery. Returns false for what is none.
 */
function readHeader(message: Buffer, into: FieldEdit[]): boolean {
  const reader = new ProtobufReader(message);
  let header: Buffer | undefined;
  let append: boolean | undefined;
  let action = 0;
  let keepEmpty = false;
  while (reader.next()) {
    if (reader.number === HeaderValueOption.header) header = reader.bytes;
    else if (reader.number === HeaderValueOption.append && reader.bytes !== undefined)
      append = readCode(reader.bytes, 1) !== 0;
    else if (reader.number === HeaderValueOption.appendAction) action = reader.value;
    else if (reader.number === HeaderValueOption.keepEmptyValue) keepEmpty = reader.value !== 0;
  }
  const pair = reader.malformed || header === undefined ? undefined : readHeaderValue(header);
  const implied = append === true ? "add" : append === false || action === 0 ? "set" : actions[action];
  if (pair === undefined || implied === undefined) return false;
  const [name, value] = pair;
  if (value !== "" || keepEmpty) into.push({ action: implied, name, value });
  // "If false (default), custom headers with empty values are dropped": what would replace a field leaves none.
  else if (implied === "set" || implied === "set-if-present") into.push({ action: "remove", name, value });
  return true;
}

function readHeaderValue(message: Buffer): readonly [name: string, value: string] | undefined {
  const reader = new ProtobufReader(message);
  let name = "";
  let value = "";
  while (reader.next()) {
    const text = reader.bytes?.toString("utf8") ?? "";
    if (reader.number === HeaderValue.key) name = text;
    else if (reader.number === HeaderValue.value) value = text;
    else if (reader.number === HeaderValue.rawValue && text !== "") value = text;
  }
  return reader.malformed || name === "" ? undefined : [name, value];
}
