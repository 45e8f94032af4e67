import type { Condition } from "../resources/condition.ts";
import type { ResourceKey } from "../resources/resource.ts";
import type { GatewayWanted } from "../resources/wanted-status.ts";
import {
  addressNotAssigned,
  gatewayAccepted,
  gatewayAddressesAssigned,
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
import type { Assignment } from "./gateway-addresses.ts";
import { isSetAccepted } from "./listener-set-status.ts";
import { listenerStatuses, refusedInGateway, type AttachedRoutes } from "./listener-status.ts";
import { isValid, settledListeners, type SettledGateway, type SettledListener } from "./settle.ts";

export function gatewayStatus(
  key: ResourceKey,
  gateway: SettledGateway,
  version: number,
  attachedRoutes: AttachedRoutes,
  tellsRoutability: boolean,
): GatewayWanted {
  const { model, listeners, sets } = gateway;
  const { generation, assignment } = model;
  const home = { generation, refused: refusedInGateway };
  return {
    kind: "Gateway",
    key,
    version,
    addresses: (assignment?.addresses ?? []).map(({ routability, ...address }) =>
      tellsRoutability ? { ...address, routability } : address,
    ),
    attachedListenerSets: [...sets.values()].filter((set) => isSetAccepted(set, model)).length,
    conditions: gatewayConditions(gateway),
    listeners: listenerStatuses(listeners, model, home, attachedRoutes),
  };
}

function gatewayConditions(gateway: SettledGateway): readonly Condition[] {
  const { model, listeners } = gateway;
  const { generation, problem, assignment, refsProblem } = model;
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
  const placing = assignment === undefined ? addressNotAssigned : assignment.problem;
  const standing = accepted.status === "True" ? placing : gatewayNotAccepted;
  const refs = refsProblem ?? (unresolved.length > 0 ? listenersNotResolved(namesOf(unresolved)) : undefined);
  return [
    accepted,
    gatewayProgrammed(generation, standing),
    gatewayResolvedRefs(generation, refs),
    ...(assignment === undefined ? [] : [addressesAssigned(generation, assignment)]),
    ...(model.isDefault ? [gatewayDefault(generation)] : []),
    ...(model.isInsecure ? [gatewayInsecureFrontend(generation)] : []),
  ];
}

function addressesAssigned(generation: number, { addresses, unsatisfied }: Assignment): Condition {
  return gatewayAddressesAssigned(generation, unsatisfied, addresses.length > 0);
}

function namesOf(listeners: readonly SettledListener[]): readonly string[] {
  return listeners.map((listener) => listener.model.name);
}
