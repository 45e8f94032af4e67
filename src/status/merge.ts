import { equalValues } from "../resources/equality.ts";
import { isJsonObject, type JsonObject } from "../resources/json.ts";
import type { ListenerSetStatus, StatusPatch } from "./patch.ts";

/**
 * The status that an object should have: ours in the place of what we wrote before, everything that others wrote
 * as it is. Conditions whose status stays keep their time. `undefined` when there is nothing to write.
 */
export function mergeStatus(
  patch: StatusPatch,
  live: JsonObject,
  controllers: ReadonlySet<string>,
): JsonObject | undefined {
  const before = isJsonObject(live["status"]) ? live["status"] : {};
  const wanted = merged(patch, before, controllers);
  return equalValues(wanted, before) ? undefined : wanted;
}

function merged(patch: StatusPatch, before: JsonObject, controllers: ReadonlySet<string>): JsonObject {
  switch (patch.kind) {
    case "GatewayClass": {
      const { conditions, supportedFeatures } = patch.status;
      return { ...before, conditions: mergeConditions(conditions, before["conditions"]), supportedFeatures };
    }
    case "Gateway": {
      const { addresses, attachedListenerSets } = patch.status;
      return { ...before, addresses, attachedListenerSets, ...mergeListeners(patch.status, before) };
    }
    case "ListenerSet":
      return { ...before, ...mergeListeners(patch.status, before) };
    case "HTTPRoute":
    case "GRPCRoute":
    case "TLSRoute":
    case "TCPRoute":
    case "UDPRoute":
      return {
        ...before,
        parents: mergeEntries(patch.status.parents, before["parents"], parents, controllers),
      };
    case "BackendTLSPolicy":
    case "XBackendTrafficPolicy":
    case "XBackend": {
      const list = { ...ancestors, most: mostAncestors[patch.kind] };
      return {
        ...before,
        ancestors: mergeEntries(patch.status.ancestors, before["ancestors"], list, controllers),
      };
    }
    case "Removed":
      return withoutOurs(before, controllers);
  }
}

/** What the statuses of Gateways and ListenerSets have in common. */
function mergeListeners({ conditions, listeners }: ListenerSetStatus, before: JsonObject): JsonObject {
  const known = objectsIn(before["listeners"]);
  return {
    conditions: mergeConditions(conditions, before["conditions"]),
    listeners: listeners.map((listener) => {
      const old = known.find(({ name }) => name === listener.name) ?? {};
      return { ...old, ...listener, conditions: mergeConditions(listener.conditions, old["conditions"]) };
    }),
  };
}

interface Dated {
  readonly type: string;
  readonly status: string;
}

/** Conditions that we write only while they have something to say: without them in our part they are over. */
const passing: ReadonlySet<string> = new Set([
  "AddressesAssigned",
  "DefaultGateway",
  "OverlappingTLSConfig",
  "PartiallyInvalid",
  "InsecureFrontendValidationMode",
]);

/** Condition types that are not ours stay; ours keep their place in the list. */
function mergeConditions(ours: readonly Dated[], before: unknown): readonly unknown[] {
  const isOver = (type: string) => passing.has(type) && !ours.some((own) => own.type === type);
  const old = objectsIn(before).filter((condition) => !isOver(String(condition["type"])));
  const left = new Map(ours.map((condition) => [condition.type, condition]));
  const list: unknown[] = [];
  for (const condition of old) {
    const own = left.get(String(condition["type"]));
    list.push(own === undefined ? condition : keepTime(own, condition));
    left.delete(String(condition["type"]));
  }
  return [...list, ...left.values()];
}

/** The time says when the status of a condition changed, not when somebody looked at it again. */
function keepTime(own: Dated, old: JsonObject): JsonObject {
  const { lastTransitionTime } = old;
  const isSame = own.status === old["status"] && typeof lastTransitionTime === "string";
  return { ...own, ...(isSame && { lastTransitionTime }) };
}

/** A list with entries of several controllers. */
interface EntryList {
  /** The field that, with the controller's name, tells the entries apart. */
  readonly ref: "parentRef" | "ancestorRef";
  /** How many entries of all controllers there may be (Gateway API, `RouteStatus`, `PolicyStatus`). */
  readonly most: number;
}

const parents: EntryList = { ref: "parentRef", most: 32 };
const ancestors = { ref: "ancestorRef" } as const;
const mostAncestors = { BackendTLSPolicy: 16, XBackendTrafficPolicy: 16, XBackend: 32 } as const;

type Entry = {
  readonly controllerName: string;
  readonly conditions: readonly Dated[];
} & { readonly [Ref in EntryList["ref"]]?: unknown };

/** Entries of other controllers stay where they are; "If this slice is full, implementations MUST NOT add further entries". */
function mergeEntries(
  ours: readonly Entry[],
  before: unknown,
  { ref, most }: EntryList,
  controllers: ReadonlySet<string>,
): readonly unknown[] {
  const left = [...ours];
  const list: unknown[] = [];
  for (const entry of objectsIn(before)) {
    const index = left.findIndex(
      (own) => own.controllerName === entry["controllerName"] && equalValues(own[ref], entry[ref]),
    );
    const [own] = index < 0 ? [] : left.splice(index, 1);
    if (own !== undefined)
      list.push({ ...own, conditions: mergeConditions(own.conditions, entry["conditions"]) });
    else if (!controllers.has(String(entry["controllerName"]))) list.push(entry);
  }
  return [...list, ...left.slice(0, Math.max(0, most - list.length))];
}

function withoutOurs(before: JsonObject, controllers: ReadonlySet<string>): JsonObject {
  const field = ["parents", "ancestors"].find((name) => Array.isArray(before[name]));
  if (field === undefined) return before;
  const foreign = objectsIn(before[field]).filter(
    (entry) => !controllers.has(String(entry["controllerName"])),
  );
  return { ...before, [field]: foreign };
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
