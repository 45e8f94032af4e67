import type { JsonObject } from "../../resources/json.ts";

type Type = "string" | "integer" | "boolean";

const texts: Readonly<Record<string, readonly [Type, description: string]>> = {
  allowWatchBookmarks: ["boolean", "A watch may send BOOKMARK events, which carry a resourceVersion alone."],
  continue: ["string", "Where the page begins: as the page before it said."],
  dryRun: ["string", "All: everything is checked and nothing is changed."],
  fieldManager: [
    "string",
    "Who makes the change, at most 128 printable characters. Needed by server-side apply.",
  ],
  fieldSelector: ["string", "Objects with these field values only, such as metadata.name=a."],
  fieldValidation: [
    "string",
    "Unknown and duplicate fields are dropped (Ignore), named in warnings (Warn) or refused (Strict).",
  ],
  force: [
    "boolean",
    "Server-side apply takes fields over from other managers instead of reporting a conflict.",
  ],
  gracePeriodSeconds: ["integer", "Seconds until removal; 0 is at once."],
  labelSelector: ["string", "Objects with these labels only, such as app=web,tier!=test."],
  limit: ["integer", "Items on a page; without it the list comes whole."],
  orphanDependents: ["boolean", "Deprecated in favour of propagationPolicy."],
  pretty: ["string", "true: the answer is indented."],
  propagationPolicy: ["string", "Orphan, Background or Foreground: what becomes of dependent objects."],
  resourceVersion: ["string", "How new the state must be that is shown, or where a watch begins."],
  resourceVersionMatch: ["string", "NotOlderThan or Exact: how resourceVersion is meant."],
  sendInitialEvents: ["boolean", "A watch begins with an event for every object that there is."],
  timeoutSeconds: ["integer", "After how long a list or watch ends."],
  watch: ["boolean", "Changes follow as they happen, instead of a list."],
};

export const writing = ["dryRun", "fieldManager", "fieldValidation"];
export const patching = [...writing, "force"];
export const deleting = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];
const selecting = [
  "continue",
  "fieldSelector",
  "labelSelector",
  "limit",
  "resourceVersion",
  "resourceVersionMatch",
  "sendInitialEvents",
  "timeoutSeconds",
];
export const listing = ["allowWatchBookmarks", ...selecting, "watch"];
export const deletingMany = [...deleting, ...selecting].sort();

/** As OpenAPI v3 parameters. */
export function queryParameters(names: readonly string[]): readonly JsonObject[] {
  return names.map((name) => {
    const [type, description] = texts[name]!;
    return { name, in: "query", description, schema: { type, uniqueItems: true } };
  });
}

export function pathParameter(name: string, description: string): JsonObject {
  return { name, in: "path", required: true, description, schema: { type: "string", uniqueItems: true } };
}
