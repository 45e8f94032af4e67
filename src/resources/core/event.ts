import { isJsonObject, type JsonObject } from "../json.ts";
import type { Column } from "../kind.ts";
import { type Check, object, optional, string } from "../schema/schema.ts";
import { ageOf } from "./age.ts";
import { column, count, part, text, wideColumn } from "./cells.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, optionalInt32, optionalMicroTime, optionalString, optionalTime } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { objectReference } from "./reference.ts";

interface EventBody {
  readonly metadata: { readonly namespace?: string };
  readonly involvedObject: { readonly namespace?: string };
  readonly eventTime?: string;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
  readonly action?: string;
  readonly reason?: string;
  readonly message?: string;
}

const soundEvent: Check<EventBody> = (event, fail) => {
  const { namespace = "" } = event.metadata;
  const subject = event.involvedObject.namespace ?? "";
  const free =
    subject === "" &&
    ["", "default", ...(event.eventTime === undefined ? [] : ["kube-system"])].includes(namespace);
  if (!free && subject !== namespace && (subject === "" || event.eventTime === undefined)) {
    fail("Must be the namespace of the event", ["involvedObject", "namespace"]);
  }
  if (event.eventTime === undefined) return;
  const limits = { reportingInstance: 128, action: 128, reason: 128 } as const;
  if (event.reportingComponent === "")
    fail("An event with eventTime needs it", ["reportingComponent"], "key", "FieldValueRequired");
  for (const [name, most] of Object.entries(limits)) {
    const value = event[name as keyof typeof limits] ?? "";
    if (value === "") fail("An event with eventTime needs it", [name], "key", "FieldValueRequired");
    if (value.length > most)
      fail(`Too long: ${value.length} characters, at most ${most}`, [name], "value", "FieldValueTooLong");
  }
  if ((event.message ?? "").length > 1024)
    fail("Too long: at most 1024 characters", ["message"], "value", "FieldValueTooLong");
};

const eventSeries = object({ count: optionalInt32, lastObservedTime: optionalMicroTime });

export const eventSource = object({ component: optionalString, host: optionalString });

const eventSchema = topLevel(
  {
    metadata: metadata(),
    action: optionalString,
    count: optionalInt32,
    eventTime: optionalMicroTime,
    firstTimestamp: optionalTime,
    involvedObject: described(objectReference, "What it happened to."),
    lastTimestamp: optionalTime,
    message: optional(string({ description: "For people." })),
    reason: optional(string({ description: "For programs: one word in CamelCase." })),
    related: optional(objectReference),
    reportingComponent: string({ default: "" }),
    reportingInstance: string({ default: "" }),
    series: optional(eventSeries),
    source: { ...eventSource, default: {} },
    type: optional(string({ description: "Normal or Warning." })),
  },
  { description: "Something that happened to an object.", checks: [soundEvent] },
);

function times(event: JsonObject) {
  const first = event["firstTimestamp"] ?? event["eventTime"];
  const series = event["series"];
  if (!isJsonObject(series))
    return { first, last: event["lastTimestamp"] ?? first, count: count(event, "count") || 1 };
  return { first, last: series["lastObservedTime"], count: count(series, "count") };
}

function source(event: JsonObject): string {
  const component = text(part(event, "source"), "component") || text(event, "reportingComponent");
  const host = text(part(event, "source"), "host") || text(event, "reportingInstance");
  return host === "" ? component : `${component}, ${host}`;
}

function about(event: JsonObject): string {
  const { kind, name } = {
    kind: text(part(event, "involvedObject"), "kind"),
    name: text(part(event, "involvedObject"), "name"),
  };
  return name === "" ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

/** The time of the last of them comes first, the name last and only in the wide table. */
export const eventColumns: readonly Column[] = [
  column("Last Seen", "When it happened last.", (event, now) => ageOf(times(event).last, now)),
  column("Type", "Normal or Warning.", (event) => text(event, "type")),
  column("Reason", "What happened, in one word.", (event) => text(event, "reason")),
  column("Object", "What it happened to.", about),
  wideColumn("Subobject", "Which part of it.", (event) => text(part(event, "involvedObject"), "fieldPath")),
  wideColumn("Source", "Who saw it.", source),
  column("Message", "What happened.", (event) => text(event, "message").trim()),
  wideColumn("First Seen", "When it happened first.", (event, now) => ageOf(times(event).first, now)),
  wideColumn("Count", "How often it happened.", (event) => times(event).count),
  {
    ...wideColumn("Name", "Name of the event.", (event) => text(part(event, "metadata"), "name")),
    format: "name",
  },
];

export const eventKind = builtIn({
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  schema: eventSchema,
  selectable: [
    ".involvedObject.kind",
    ".involvedObject.namespace",
    ".involvedObject.name",
    ".involvedObject.uid",
    ".involvedObject.apiVersion",
    ".involvedObject.resourceVersion",
    ".involvedObject.fieldPath",
    ".reason",
    ".reportingComponent",
    ".source",
    ".type",
  ],
  columns: eventColumns,
});

/** Fields of an Event in group "" and what they are called in `events.k8s.io`. */
const names: readonly (readonly [core: string, events: string])[] = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reportingComponent", "reportingController"],
];
const toEvents = new Map(names);
const toCore = new Map(names.map(([core, events]) => [events, core]));

function renamed(event: JsonObject, apiVersion: string, by: ReadonlyMap<string, string>): JsonObject {
  const entries = Object.entries(event).map(([name, value]) => [by.get(name) ?? name, value]);
  return { ...Object.fromEntries(entries), apiVersion };
}

/** An Event of `events.k8s.io` as group "" has it. Nothing is lost. */
export function eventToCore(event: JsonObject): JsonObject {
  return renamed(event, "v1", toCore);
}

/** An Event of group "" as `events.k8s.io` has it. Nothing is lost. */
export function eventToEventsGroup(event: JsonObject): JsonObject {
  return renamed(event, "events.k8s.io/v1", toEvents);
}
