import type { JsonObject } from "../../resources/json.ts";
import { apiVersionOf } from "../../resources/kind.ts";
import { ApiError } from "../error.ts";
import type { Call, Reply } from "../http/call.ts";
import { jsonText } from "../json-text.ts";
import { decode, storedAs, textOf } from "../objects/codec.ts";
import { parseFieldSelector } from "../selector/field-selector.ts";
import { parseLabelSelector } from "../selector/label-selector.ts";
import type { Page, Position, Row } from "../storage/store.ts";
import { tableOf } from "../table/table.ts";
import { metaOf } from "../objects/meta.ts";
import { continueAt, parseContinue } from "./continue.ts";
import { includeOf } from "./represent.ts";
import { requireKnownRevision } from "./revision.ts";

export type Matcher = (object: JsonObject) => boolean;

/** What the label and field selectors and the name in the path leave over; undefined when that is everything. */
export function matcherOf({ query, served, target }: Call): Matcher | undefined {
  const labelText = query.get("labelSelector") ?? "";
  const fieldText = query.get("fieldSelector") ?? "";
  const tests: Matcher[] = [];
  if (target.name !== "") tests.push((object) => metaOf(object).name === target.name);
  if (labelText !== "") {
    const matches = parseLabelSelector(labelText);
    tests.push((object) => matches(metaOf(object).labels ?? {}));
  }
  if (fieldText !== "") tests.push(parseFieldSelector(fieldText, served.kind, served.version));
  if (tests.length === 0) return undefined;
  return (object) => tests.every((matches) => matches(object));
}

/** Rows read from the store in one go while a selector looks for a page of matches. */
const SCAN = 500;

interface Found {
  readonly rows: readonly Row[];
  readonly revision: number;
  readonly next: Position | undefined;
  /** Unknown under a selector. */
  readonly remaining: number | undefined;
}

export function list(call: Call): Reply {
  const { query, served, form, metaVersion, objects } = call;
  requireKnownRevision(query, objects.store);
  const found = find(call);
  const { kind, version } = served;
  const metadata: JsonObject = {
    resourceVersion: String(found.revision),
    ...(found.next !== undefined && { continue: continueAt({ ...found.next, revision: found.revision }) }),
    ...(found.next !== undefined && found.remaining !== undefined && { remainingItemCount: found.remaining }),
  };
  const apiVersion = apiVersionOf(kind.group, version.name);
  switch (form) {
    case "object":
      return {
        code: 200,
        body: listText({ apiVersion, kind: kind.listKind, metadata }, textsOf(found.rows, call)),
      };
    case "metadata": {
      const head = { apiVersion: metaVersion, kind: "PartialObjectMetadataList", metadata };
      return { code: 200, body: listText(head, metadataOf(found.rows, call)) };
    }
    case "table":
      return {
        code: 200,
        body: tableOf({
          served,
          objects: found.rows.map((row) => decode(row, served)),
          includeObject: includeOf(query),
          now: objects.now(),
          listMeta: metadata,
          apiVersion: metaVersion,
        }),
      };
  }
}

/** The rows that a list would show, and the head of that list. */
export function allOf(call: Call): { readonly rows: readonly Row[]; readonly head: JsonObject } {
  const { rows, revision } = find(call);
  const { kind, version } = call.served;
  const apiVersion = apiVersionOf(kind.group, version.name);
  return { rows, head: { apiVersion, kind: kind.listKind, metadata: { resourceVersion: String(revision) } } };
}

function find(call: Call): Found {
  const { query, objects, served, target } = call;
  const limit = limitOf(query);
  const token = query.get("continue") ?? "";
  const start = token === "" ? undefined : parseContinue(token);
  const matches = matcherOf(call);
  const resource = storedAs(served.kind);
  const scope = target.namespace === "" ? {} : { namespace: target.namespace };
  const read = (from: typeof start, size: number | undefined): Page => {
    const page = objects.store.page(resource, {
      ...scope,
      ...(size !== undefined && { limit: size }),
      ...(from !== undefined && { after: from, revision: from.revision }),
    });
    if (page !== undefined) return page;
    throw new ApiError(
      "Expired",
      "The provided continue parameter is too old to display a consistent list result: start the list anew without it",
    );
  };
  if (matches === undefined) {
    const page = read(start, limit);
    return { rows: page.rows, revision: page.revision, next: page.next, remaining: page.remaining };
  }
  const rows: Row[] = [];
  let from = start;
  for (;;) {
    const page = read(from, limit === undefined ? undefined : SCAN);
    for (const [index, row] of page.rows.entries()) {
      if (!matches(decode(row, served))) continue;
      rows.push(row);
      const isLast = index === page.rows.length - 1 && page.next === undefined;
      if (limit !== undefined && rows.length === limit && !isLast) {
        const { namespace, name } = row;
        return { rows, revision: page.revision, next: { namespace, name }, remaining: undefined };
      }
    }
    if (page.next === undefined)
      return { rows, revision: page.revision, next: undefined, remaining: undefined };
    from = { ...page.next, revision: page.revision };
  }
}

function limitOf(query: URLSearchParams): number | undefined {
  const text = query.get("limit") ?? "";
  if (text === "") return undefined;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new ApiError("BadRequest", `Invalid value for limit: "${text}": a whole number from 0`);
  }
  return limit === 0 ? undefined : limit;
}

function* textsOf(rows: readonly Row[], { served }: Call): Iterable<string> {
  for (const row of rows) yield textOf(row, served);
}

function* metadataOf(rows: readonly Row[], { served, metaVersion }: Call): Iterable<string> {
  for (const row of rows) {
    const { metadata } = decode(row, served);
    yield jsonText({ apiVersion: metaVersion, kind: "PartialObjectMetadata", metadata });
  }
}

/** Items are written as the store has them: a list is never held as objects. */
function* listText(head: JsonObject, items: Iterable<string>): Iterable<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"items":[`;
  let separator = "";
  for (const item of items) {
    yield separator + item;
    separator = ",";
  }
  yield "]}";
}
