import type { Condition } from "../resources/condition.ts";
import type { ResourceKey } from "../resources/resource.ts";
import type { GatewayWanted } from "../resources/wanted-status.ts";
import {
  gatewayAccepted,
  gatewayDefault,
  gatewayInsecureFrontend,
  gatewayNotAccepted,
  gatewayPartlyAccepted,
  gatewayProgrammed,
  gatewayResolvedRefs,
  listenersNotResolved,
  noListenerValid,
  type ListenerFaults,
} from "./condition/gateway.ts";
import { isSetAccepted } from "./listener-set-status.ts";
import { listenerStatuses, refusedInGateway, type AttachedRoutes } from "./listener-status.ts";
import { isValid, settledListeners, type SettledGateway, type SettledListener } from "./settle.ts";

export function gatewayStatus(
  key: ResourceKey,
  gateway: SettledGateway,
  version: number,
  attachedRoutes: AttachedRoutes,
): GatewayWanted {
  const { model, listeners, sets } = gateway;
  const { generation, address } = model;
  const home = { generation, refused: refusedInGateway };
  return {
    kind: "Gateway",
    key,
    version,
    addresses: address === undefined ? [] : [{ type: "IPAddress", value: address }],
    attachedListenerSets: [...sets.values()].filter((set) => isSetAccepted(set, model)).length,
    conditions: gatewayConditions(gateway),
    listeners: listenerStatuses(listeners, model, home, attachedRoutes),
  };
}

function gatewayConditions(gateway: SettledGateway): readonly Condition[] {
  const { model, listeners } = gateway;
  const { generation, problem, addressProblem, refsProblem } = model;
  const faulty = listeners.filter((listener) => !isValid(listener));
  const faults: ListenerFaults = {
    refused: namesOf(faulty.filter((listener) => listener.problem !== undefined)),
    withoutCertificate: namesOf(faulty.filter((listener) => listener.problem === undefined)),
  };
  const isEmpty = !settledListeners(gateway).some(isValid);
  const unresolved = listeners.filter((listener) => listener.model.refProblems.length > 0);
  const accepted =
    problem === undefined && faulty.length > 0 && !isEmpty
      ? gatewayPartlyAccepted(generation, faults)
      : gatewayAccepted(generation, problem ?? (isEmpty ? noListenerValid(faults) : undefined));
  const standing = accepted.status === "True" ? addressProblem : gatewayNotAccepted;
  const refs = refsProblem ?? (unresolved.length > 0 ? listenersNotResolved(namesOf(unresolved)) : undefined);
  return [
    accepted,
    gatewayProgrammed(generation, standing),
    gatewayResolvedRefs(generation, refs),
    ...(model.isDefault ? [gatewayDefault(generation)] : []),
    ...(model.isInsecure ? [gatewayInsecureFrontend(generation)] : []),
  ];
}

function namesOf(listeners: readonly SettledListener[]): readonly string[] {
  return listeners.map((listener) => listener.model.name);
}
