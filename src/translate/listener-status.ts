import type { Condition } from "../resources/condition.ts";
import type { ListenerWanted } from "../resources/wanted-status.ts";
import {
  listenerAccepted,
  listenerConflicted,
  listenerNotAccepted,
  listenerOverlapping,
  listenerProgrammed,
  listenerResolvedRefs,
  listenerWithoutAddress,
  listenerWithoutCertificate,
  ownGatewayNotAccepted,
} from "./condition/listener.ts";
import type { GatewayModel } from "./gateways.ts";
import type { Problem } from "./problem.ts";
import { isValid, type SettledListener } from "./settle.ts";

/** `attachedRoutes` by listener key. */
export type AttachedRoutes = (listener: string) => number;

/** The object whose status a listener's is part of. */
export interface StatusHome {
  readonly generation: number;
  /** What `Programmed` says of a listener that is not accepted, for whatever reason that is. */
  readonly refused: (problem: Problem) => Problem;
}

/** The reason of `Accepted` says it all (Gateway API, `ListenerConditionProgrammed`). */
export const refusedInGateway: StatusHome["refused"] = () => listenerNotAccepted;

export function listenerStatuses(
  listeners: readonly SettledListener[],
  gateway: GatewayModel,
  home: StatusHome,
  attachedRoutes: AttachedRoutes,
): readonly ListenerWanted[] {
  return listeners.map((listener) => ({
    name: listener.model.name,
    ...(listener.bound !== undefined && { programKey: listener.bound.key }),
    supportedKinds: listener.model.kinds,
    attachedRoutes: attachedRoutes(listener.model.key),
    conditions: listenerConditions(listener, gateway, home),
  }));
}

function listenerConditions(
  listener: SettledListener,
  gateway: GatewayModel,
  home: StatusHome,
): readonly Condition[] {
  const { generation } = home;
  const { model, problem, overlap } = listener;
  return [
    listenerAccepted(generation, problem),
    listenerProgrammed(generation, whyUnserved(listener, gateway, home)),
    listenerResolvedRefs(generation, model.refProblems),
    listenerConflicted(generation, model.conflict),
    ...(overlap === undefined ? [] : [listenerOverlapping(generation, overlap)]),
  ];
}

function whyUnserved(
  listener: SettledListener,
  gateway: GatewayModel,
  home: StatusHome,
): Problem | undefined {
  if (listener.problem !== undefined) return home.refused(listener.problem);
  if (gateway.problem !== undefined) return ownGatewayNotAccepted;
  if (listener.bound !== undefined) return undefined;
  return isValid(listener) ? listenerWithoutAddress : listenerWithoutCertificate;
}
