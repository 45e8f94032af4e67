import { X509Certificate } from "node:crypto";
import { Document, isCollection, visit } from "yaml";
import type {
  Backend,
  BackendTls,
  Certificate,
  Destination,
  Endpoint,
  Filter,
  L4Route,
  Listener,
  ListenerBind,
  Match,
  Program,
  Route,
  Rule,
} from "../../src/program/program.ts";
import type { Condition } from "../../src/resources/condition.ts";
import { GATEWAY_GROUP } from "../../src/resources/gateway/reference.ts";
import type { ResourceKey } from "../../src/resources/resource.ts";
import type {
  GatewayWanted,
  ListenerWanted,
  RouteKind,
  WantedAddress,
  WantedStatus,
} from "../../src/resources/wanted-status.ts";

/** Program and statuses as the plain data that stands in a case: compact, and in an order of its own. */

export function renderProgram({ listeners, routes, l4Routes, backends, certificates }: Program): unknown {
  return trim({
    listeners: sorted(listeners, renderListener),
    routes: sorted(routes, renderRoute),
    l4Routes: sorted(l4Routes, renderL4Route),
    backends: sorted(backends, renderBackend),
    certificates: sorted(certificates, renderCertificate),
  });
}

export function renderStatuses(statuses: ReadonlyMap<ResourceKey, WantedStatus>): unknown {
  return trim(sorted(statuses, renderStatus));
}

/** Small collections on one line. */
export function toYaml(data: unknown): string {
  const document = new Document(data ?? {});
  visit(document, {
    Collection: (_key, node, path) => {
      if (path.length > 4 && JSON.stringify(node).length <= oneLine) node.flow = true;
      return isCollection(node) && node.flow === true ? visit.SKIP : undefined;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const oneLine = 84;

function renderListener({ protocol, binds, hostname, tls, filters, proxyProtocol }: Listener): unknown {
  const { certificates, clients } = tls ?? {};
  const where = { protocol, binds: binds.map(renderBind), ...(hostname !== "" && { hostname }) };
  return {
    ...where,
    certificates,
    clients: clients && { ...clients, authorities: authorityNames(clients.authorities) },
    filters,
    proxyProtocol,
  };
}

function renderBind({ address, port, publicPort }: ListenerBind): string {
  return `${address} ${port}${publicPort === undefined ? "" : ` for ${publicPort}`}`;
}

/** Whom the certificates are of: the rest says nothing to a reader. */
function authorityNames(pem: string): unknown {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.length === 0 ? "nobody" : blocks.map((one) => new X509Certificate(one).subject);
}

/** What it is for: the rest says nothing to a reader. */
function renderCertificate({ chain }: Certificate): unknown {
  return new X509Certificate(chain).subjectAltName;
}

function renderRoute({ rules, ...route }: Route): unknown {
  return { ...renderPlace(route), rules: rules.map(renderRule) };
}

function renderL4Route({ destinations, ...route }: L4Route): unknown {
  const shares = destinations.map(({ backend, weight }) => ({ backend: backend ?? "invalid", weight }));
  return { ...renderPlace(route), destinations: shares };
}

function renderPlace({ created, attachments }: Pick<Route, "created" | "attachments">): object {
  return {
    created: new Date(created).toISOString(),
    attachments: Object.fromEntries(
      attachments.map(({ listener, hostnames }) => [
        listener,
        hostnames.map((hostname) => hostname || "any"),
      ]),
    ),
  };
}

function renderRule({ matches, filters, destinations, ...rest }: Rule): unknown {
  return {
    ...rest,
    matches: matches.map(renderMatch),
    filters: filters.map(renderFilter),
    destinations: destinations.map(renderDestination),
  };
}

function renderMatch({ path, method, headers, query }: Match): unknown {
  const where = { path: `${path.type} ${path.value}`, method };
  return { ...where, headers: renderFields(headers), query: renderFields(query) };
}

function renderFields(list: Match["headers"]): unknown {
  return Object.fromEntries(list.map(({ type, name, value }) => [name, `${type} ${value}`]));
}

function renderFilter(filter: Filter): unknown {
  if (!("set" in filter)) return filter;
  const fields = (list: typeof filter.set) =>
    Object.fromEntries(list.map(({ name, value }) => [name, value]));
  return { type: filter.type, set: fields(filter.set), add: fields(filter.add), remove: filter.remove };
}

function renderDestination({ weight, backend, filters }: Destination): unknown {
  return { backend: backend ?? "invalid", weight, filters: filters.map(renderFilter) };
}

function renderBackend({ key: _key, endpoints, tls, ...others }: Backend): unknown {
  const { authorities, ...how }: Partial<BackendTls> = tls ?? {};
  const trust = tls && {
    trusts: authorities === undefined ? "the system" : authorityNames(authorities),
    ...how,
  };
  const rest = { ...others, ...(trust !== undefined && { tls: trust }) };
  const list = endpoints.length === 0 ? "no endpoints" : endpoints.map(renderEndpoint);
  return Object.keys(rest).length === 0 ? list : { ...rest, endpoints: list };
}

function renderEndpoint({ host, port, barred }: Endpoint): string {
  return `${host}:${port}${barred === undefined ? "" : ` (${barred} barred)`}`;
}

function renderStatus(status: WantedStatus): unknown {
  if (status.kind === "Removed") return "removed";
  if (status.kind === "GatewayClass") {
    return { conditions: renderConditions(status.conditions), supportedFeatures: status.supportedFeatures };
  }
  if ("ancestors" in status) {
    return status.ancestors.map(({ ancestorRef: { namespace, name }, conditions }) => ({
      ancestor: `${namespace}/${name}`,
      conditions: renderConditions(conditions),
    }));
  }
  if ("parents" in status) {
    return status.parents.map(({ parentRef: { group: _group, kind, ...parentRef }, conditions }) => ({
      parentRef: { ...(kind !== "Gateway" && { kind }), ...parentRef },
      conditions: renderConditions(conditions),
    }));
  }
  return {
    ...(status.kind === "Gateway" && renderGatewayStatus(status)),
    conditions: renderConditions(status.conditions),
    listeners: Object.fromEntries(status.listeners.map((one) => [one.name, renderListenerStatus(one)])),
  };
}

function renderGatewayStatus({ addresses, attachedListenerSets }: GatewayWanted): object {
  return {
    addresses: addresses.map(renderAddress),
    ...(attachedListenerSets > 0 && { attachedListenerSets }),
  };
}

function renderAddress({ value, routability = "unknown" }: WantedAddress): string {
  return routability === "" ? value : `${value} (${routability})`;
}

function renderListenerStatus({ supportedKinds, attachedRoutes, conditions }: ListenerWanted): unknown {
  return {
    attachedRoutes,
    supportedKinds: supportedKinds.map(renderKind),
    conditions: renderConditions(conditions),
  };
}

function renderKind({ group, kind }: RouteKind): string {
  return group === GATEWAY_GROUP ? kind : `${group}/${kind}`;
}

/** `STATUS REASON`, and the message where something is wrong. What goes without saying of most objects is left out. */
function renderConditions(conditions: readonly Condition[]): unknown {
  const lines = conditions.map(({ type, status, reason, message }) => {
    const isFine = status === "True" && reason === type;
    return [type, isFine ? "True" : `${status} ${reason}: ${message}`] as const;
  });
  return Object.fromEntries(lines.filter(([type, line]) => !line.startsWith(usual.get(type) ?? "-")));
}

const usual = new Map([
  ["Conflicted", "False"],
  ["AddressesAssigned", "True"],
]);

function sorted<Entry>(table: ReadonlyMap<string, Entry>, render: (entry: Entry) => unknown): unknown {
  const keys = [...table.keys()].toSorted();
  return Object.fromEntries(keys.map((key) => [key, render(table.get(key)!)]));
}

/** Without undefined values and empty collections. */
function trim(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(trim);
  if (typeof data !== "object" || data === null) return data;
  const entries = Object.entries(data)
    .map(([key, value]) => [key, trim(value)] as const)
    .filter(([, value]) => value !== undefined && !isEmpty(value));
  return Object.fromEntries(entries);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
