import { type Check, object, optional, string } from "../schema/schema.ts";
import { builtIn, topLevel } from "./define.ts";
import { eventColumns, eventSource, eventToCore } from "./event.ts";
import { described, optionalInt32, optionalMicroTime, optionalString, optionalTime } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { objectReference } from "./reference.ts";

interface EventBody {
  readonly eventTime?: string;
  readonly type?: string;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly deprecatedFirstTimestamp?: string;
  readonly deprecatedLastTimestamp?: string;
  readonly deprecatedCount?: number;
}

/** Events that a client of this group wrote have a time; those of the other do not always. */
const soundEventsEvent: Check<EventBody> = (event, fail) => {
  if (event.eventTime === undefined) {
    const old = event.deprecatedFirstTimestamp ?? event.deprecatedLastTimestamp ?? event.deprecatedCount;
    if (old === undefined) fail("An event needs its time", ["eventTime"], "key", "FieldValueRequired");
    return;
  }
  if (event.type !== "Normal" && event.type !== "Warning") fail("Normal or Warning", ["type"]);
  for (const name of ["reportingController", "reportingInstance", "action", "reason"] as const) {
    if ((event[name] ?? "") === "") fail(`Missing field "${name}"`, [name], "key", "FieldValueRequired");
  }
  if (event.series === undefined) return;
  if ((event.series.count ?? 0) < 2) fail("A series has at least 2 events", ["series", "count"]);
  if (event.series.lastObservedTime === undefined)
    fail("A series needs a time", ["series", "lastObservedTime"], "key", "FieldValueRequired");
};

const eventsSeries = object({ count: optionalInt32, lastObservedTime: optionalMicroTime });

const eventsEventSchema = topLevel(
  {
    metadata: metadata(),
    action: optional(string({ maxLength: 128 })),
    deprecatedCount: optionalInt32,
    deprecatedFirstTimestamp: optionalTime,
    deprecatedLastTimestamp: optionalTime,
    deprecatedSource: optional(eventSource),
    eventTime: optionalMicroTime,
    note: optional(string({ description: "For people.", maxLength: 1024 })),
    reason: optional(string({ description: "For programs: one word in CamelCase.", maxLength: 128 })),
    regarding: optional(described(objectReference, "What it happened to.")),
    related: optional(objectReference),
    reportingController: optionalString,
    reportingInstance: optional(string({ maxLength: 128 })),
    series: optional(eventsSeries),
    type: optional(string({ description: "Normal or Warning." })),
  },
  { description: "Something that happened to an object.", checks: [soundEventsEvent] },
);

/** The same objects as those of group "": see `eventToCore`. */
export const eventsEventKind = builtIn({
  kind: "Event",
  group: "events.k8s.io",
  plural: "events",
  shortNames: ["ev"],
  schema: eventsEventSchema,
  columns: eventColumns.map((one) => ({ ...one, cell: (event, now) => one.cell!(eventToCore(event), now) })),
});
