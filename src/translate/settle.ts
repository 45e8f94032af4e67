import type { Listener } from "../program/program.ts";
import type { Condition } from "../resources/condition.ts";
import type { ResourceKey } from "../resources/resource.ts";
import type { GatewayWanted, ListenerWanted } from "../resources/wanted-status.ts";
import {
  gatewayAccepted,
  gatewayNotAccepted,
  gatewayPartlyAccepted,
  gatewayProgrammed,
  gatewayResolvedRefs,
  listenersNotResolved,
  noListenerAccepted,
} from "./condition/gateway.ts";
import {
  listenerAccepted,
  listenerConflicted,
  listenerNotAccepted,
  listenerProgrammed,
  listenerResolvedRefs,
  listenerWithoutAddress,
  ownGatewayNotAccepted,
  portTaken,
} from "./condition/listener.ts";
import { claimOf, type GatewayModel } from "./gateways.ts";
import type { ListenerModel } from "./listeners.ts";
import type { PortClaims } from "./ports.ts";
import type { Problem } from "./problem.ts";
import type { GatewayView } from "./sight.ts";

/** A Gateway after the competition for ports: what the program, its routes and its status are made of. */
export interface SettledGateway {
  readonly model: GatewayModel;
  readonly listeners: readonly SettledListener[];
}

interface SettledListener {
  readonly model: ListenerModel;
  readonly problem?: Problem;
  /** What is bound; absent when the listener is not served. */
  readonly bound?: Listener;
}

export function settleGateway(key: ResourceKey, model: GatewayModel, ports: PortClaims): SettledGateway {
  return { model, listeners: model.listeners.map((listener) => settleListener(key, model, listener, ports)) };
}

function settleListener(
  key: ResourceKey,
  { address }: GatewayModel,
  model: ListenerModel,
  ports: PortClaims,
): SettledListener {
  if (model.problem !== undefined) return { model, problem: model.problem };
  if (address === undefined) return { model };
  const owner = ports.owner(claimOf(address, model))?.metadata;
  if (owner !== undefined && `Gateway/${owner.namespace}/${owner.name}` !== key) {
    return { model, problem: portTaken(model.boundPort, `Gateway ${owner.namespace}/${owner.name}`) };
  }
  const { boundPort: port, hostname } = model;
  return { model, bound: { key: model.key, protocol: "HTTP", address, port, hostname } };
}

export function boundListeners(gateway: SettledGateway | undefined): readonly Listener[] {
  return (gateway?.listeners ?? []).flatMap(({ bound }) => bound ?? []);
}

export function viewGateway(namespace: string, { model, listeners }: SettledGateway): GatewayView {
  return {
    controllerName: model.controllerName,
    namespace,
    listeners: listeners.map(({ model: { name, key, port, hostname, namespaces, kinds }, bound }) => {
      return { name, key, port, hostname, namespaces, kinds, isServed: bound !== undefined };
    }),
  };
}

/** `attachedRoutes` by listener key. */
export function gatewayStatus(
  key: ResourceKey,
  { model, listeners }: SettledGateway,
  version: number,
  attachedRoutes: (listener: string) => number,
): GatewayWanted {
  const { generation, address } = model;
  return {
    kind: "Gateway",
    key,
    version,
    addresses: address === undefined ? [] : [{ type: "IPAddress", value: address }],
    conditions: gatewayConditions(model, listeners),
    listeners: listeners.map((listener): ListenerWanted => {
      return {
        name: listener.model.name,
        ...(listener.bound !== undefined && { programKey: listener.bound.key }),
        supportedKinds: listener.model.kinds,
        attachedRoutes: attachedRoutes(listener.model.key),
        conditions: listenerConditions(generation, model, listener),
      };
    }),
  };
}

function gatewayConditions(model: GatewayModel, listeners: readonly SettledListener[]): readonly Condition[] {
  const { generation, problem, addressProblem, refsProblem } = model;
  const refused = listeners.filter((listener) => listener.problem !== undefined);
  const isEmpty = refused.length === listeners.length;
  const unresolved = listeners.filter((listener) => listener.model.kindsProblem !== undefined);
  const accepted =
    problem === undefined && refused.length > 0 && !isEmpty
      ? gatewayPartlyAccepted(generation, namesOf(refused))
      : gatewayAccepted(generation, problem ?? (isEmpty ? noListenerAccepted : undefined));
  const standing = accepted.status === "True" ? addressProblem : gatewayNotAccepted;
  const refs = refsProblem ?? (unresolved.length > 0 ? listenersNotResolved(namesOf(unresolved)) : undefined);
  return [accepted, gatewayProgrammed(generation, standing), gatewayResolvedRefs(generation, refs)];
}

function namesOf(listeners: readonly SettledListener[]): readonly string[] {
  return listeners.map((listener) => listener.model.name);
}

function listenerConditions(
  generation: number,
  gateway: GatewayModel,
  { model, problem, bound }: SettledListener,
): readonly Condition[] {
  const unserved =
    problem !== undefined
      ? listenerNotAccepted
      : gateway.problem !== undefined
        ? ownGatewayNotAccepted
        : bound === undefined
          ? listenerWithoutAddress
          : undefined;
  return [
    listenerAccepted(generation, problem),
    listenerProgrammed(generation, unserved),
    listenerResolvedRefs(generation, model.kindsProblem),
    listenerConflicted(generation, model.conflict),
  ];
}
