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
      return { ...before, parents: mergeParents(patch.status.parents, before["parents"], controllers) };
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
  "DefaultGateway",
  "OverlappingTLSConfig",
  "PartiallyInvalid",
  "gatewright.dev/FullyServed",
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

interface Parent {
  readonly parentRef: unknown;
  readonly controllerName: string;
  readonly conditions: readonly Dated[];
}

/** Entries of other controllers stay where they are. */
function mergeParents(
  ours: readonly Parent[],
  before: unknown,
  controllers: ReadonlySet<string>,
): readonly unknown[] {
  const left = [...ours];
  const list: unknown[] = [];
  for (const entry of objectsIn(before)) {
    const index = left.findIndex(
      (own) =>
        own.controllerName === entry["controllerName"] && equalValues(own.parentRef, entry["parentRef"]),
    );
    const [own] = index < 0 ? [] : left.splice(index, 1);
    if (own !== undefined)
      list.push({ ...own, conditions: mergeConditions(own.conditions, entry["conditions"]) });
    else if (!controllers.has(String(entry["controllerName"]))) list.push(entry);
  }
  return [...list, ...left];
}

function withoutOurs(before: JsonObject, controllers: ReadonlySet<string>): JsonObject {
  if (!Array.isArray(before["parents"])) return before;
  const parents = objectsIn(before["parents"]).filter(
    (entry) => !controllers.has(String(entry["controllerName"])),
  );
  return { ...before, parents };
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
