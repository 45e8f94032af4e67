import { isJsonObject, type JsonObject } from "../resources/json.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import { ownerReferenceTo } from "./ownership.ts";
import { labelValueOf } from "./service-name.ts";
import { MANAGED_BY, MANAGER, metaOf, ORDINAL, pairNameOf } from "./pair.ts";

/** Notes on the object itself which keys came from `spec.infrastructure`: so they can go again, also in another process. */
const NOTE = "gatewright.dev/infrastructure";

type Texts = Readonly<Record<string, string>>;

/** Infrastructure labels and annotations, and ours, which win. @param labels Further ones of ours. */
export function metadataOf(wanted: ServiceWanted, labels: Texts): JsonObject {
  const { gateway, gatewayClass, ordinal } = wanted;
  return {
    ...pairNameOf(wanted),
    labels: {
      ...wanted.labels,
      ...labels,
      // GEP-1762: "MUST label all generated resources"; it does not say what becomes of names longer than a label may be.
      "gateway.networking.k8s.io/gateway-name": labelValueOf(gateway.name),
      "gateway.networking.k8s.io/gateway-class-name": labelValueOf(gatewayClass),
      [MANAGED_BY]: MANAGER,
    },
    annotations: { ...wanted.annotations, [ORDINAL]: String(ordinal), ...noteOf(wanted) },
    ownerReferences: [ownerReferenceTo(gateway)],
  };
}

/** The part of a merge patch: what differs is set, what only an earlier wish had goes, others' keys stay. */
export function changeOfMetadata(live: JsonObject, body: JsonObject): JsonObject {
  const [is, wanted] = [metaOf(live), metaOf(body)];
  const noted = readNote(is);
  const labels = changeOfTexts(is["labels"], wanted["labels"] as Texts, noted.labels);
  const annotations = changeOfTexts(is["annotations"], wanted["annotations"] as Texts, noted.annotations);
  if (labels === undefined && annotations === undefined) return {};
  return { metadata: { ...(labels && { labels }), ...(annotations && { annotations }) } };
}

function changeOfTexts(live: unknown, wanted: Texts, noted: readonly string[]): JsonObject | undefined {
  const is = isJsonObject(live) ? live : {};
  const set = Object.entries(wanted).filter(([name, value]) => is[name] !== value);
  const gone = noted.filter((name) => name in is && !(name in wanted));
  if (set.length === 0 && gone.length === 0) return undefined;
  return Object.fromEntries([...set, ...gone.map((name) => [name, null] as const)]);
}

function noteOf({ labels, annotations }: ServiceWanted): Texts {
  const note = { labels: Object.keys(labels).sort(), annotations: Object.keys(annotations).sort() };
  if (note.labels.length === 0 && note.annotations.length === 0) return {};
  return { [NOTE]: JSON.stringify(note) };
}

/** Anybody who may write the object may write the note: what is no note is none. */
function readNote({ annotations }: JsonObject): Record<"labels" | "annotations", readonly string[]> {
  const text = isJsonObject(annotations) ? annotations[NOTE] : undefined;
  let note: unknown;
  try {
    note = typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    note = undefined;
  }
  const read = isJsonObject(note) ? note : {};
  return { labels: textsOf(read["labels"]), annotations: [...textsOf(read["annotations"]), NOTE] };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
