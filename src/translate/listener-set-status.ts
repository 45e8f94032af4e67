import type { Condition } from "../resources/condition.ts";
import type { ListenerSetWanted } from "../resources/wanted-status.ts";
import { listenerNotAccepted } from "./condition/listener.ts";
import {
  noEntryValid,
  parentNotAccepted,
  parentNotProgrammed,
  setAccepted,
  setPartlyAccepted,
  setProgrammed,
} from "./condition/listener-set.ts";
import type { GatewayModel } from "./gateways.ts";
import { listenerStatuses, type AttachedRoutes, type StatusHome } from "./listener-status.ts";
import type { Problem } from "./problem.ts";
import { isValid, type SettledSet } from "./settle.ts";

export function isSetAccepted(set: SettledSet, gateway: GatewayModel): boolean {
  return setProblem(set, gateway) === undefined;
}

export function listenerSetStatus(
  set: SettledSet,
  gateway: GatewayModel,
  version: number,
  attachedRoutes: AttachedRoutes,
): ListenerSetWanted {
  const { key, generation } = set.model;
  const home: StatusHome = { generation, refused: refusedInSet };
  return {
    kind: "ListenerSet",
    key,
    version,
    conditions: setConditions(set, gateway),
    listeners: listenerStatuses(set.listeners, gateway, home, attachedRoutes),
  };
}

function setConditions(set: SettledSet, gateway: GatewayModel): readonly Condition[] {
  const { generation } = set.model;
  const problem = setProblem(set, gateway);
  const faulty = set.listeners.filter((listener) => !isValid(listener));
  const accepted =
    problem === undefined && faulty.length > 0
      ? setPartlyAccepted(
          generation,
          faulty.map(({ model }) => model.name),
        )
      : setAccepted(generation, problem);
  return [accepted, setProgrammed(generation, whyUnserved(problem, gateway))];
}

function setProblem({ model, listeners }: SettledSet, gateway: GatewayModel): Problem | undefined {
  if (gateway.problem !== undefined) return parentNotAccepted;
  if (model.problem !== undefined) return model.problem;
  return listeners.some(isValid) ? undefined : noEntryValid;
}

/** A set that is not accepted is not served, for the same reason. */
function whyUnserved(problem: Problem | undefined, gateway: GatewayModel): Problem | undefined {
  if (problem !== undefined) return problem === parentNotAccepted ? parentNotProgrammed : problem;
  return gateway.anchors.length === 0 ? parentNotProgrammed : undefined;
}

/** "Shared ListenerSet Reasons": what these say of an entry that is not accepted, they say of it as not served too. */
const shared: ReadonlySet<string> = new Set(["HostnameConflict", "ProtocolConflict", "PortUnavailable"]);

function refusedInSet(problem: Problem): Problem {
  return shared.has(problem.reason) ? problem : listenerNotAccepted;
}
