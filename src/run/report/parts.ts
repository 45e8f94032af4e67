import { urlHost } from "../host-port.ts";
import type { Fault, GatewayReport, RouteReport } from "./event.ts";
import { printable, type Colour, type Style } from "./style.ts";
import { renderTable, wrap } from "./table.ts";

/** A cell that lists more than this says how many more there are. */
const mostListed = 4;

export function gatewayLines(gateways: readonly GatewayReport[], style: Style): readonly string[] {
  return gateways.flatMap((gateway) => {
    const { namespace, name, addresses, programmed, listeners, idle } = gateway;
    const state = programmed ? style.paint("green", "programmed") : style.paint("red", "not programmed");
    const place = addresses.length === 0 ? "no address" : `address ${addresses.map(urlHost).join(" and ")}`;
    const rows = [
      ...listeners.map((one) => [
        one.name,
        `${one.protocol}:${one.port}`,
        shift(one.specPort, one.port),
        any(one.hostname),
        `${one.attachedRoutes}`,
      ]),
      ...idle.map((one) => [
        one.name,
        `${one.protocol}:${one.specPort}`,
        "does not serve",
        any(one.hostname),
        `${one.attachedRoutes}`,
      ]),
    ];
    return [
      `  ${printable(`${namespace}/${name}, class ${gateway.class}, ${place}`)}, ${state}`,
      ...(rows.length === 0
        ? []
        : renderTable(["LISTENER", "SERVES", "", "HOSTNAME", "ROUTES"], rows, 4, style)),
    ];
  });
}

function shift(specPort: number, port: number): string {
  return specPort === port ? "" : `for ${specPort}`;
}

function any(hostname: string): string {
  return hostname === "" ? "any" : hostname;
}

export function routeLines(routes: readonly RouteReport[], style: Style): readonly string[] {
  const byKind = Map.groupBy(routes, ({ kind }) => kind);
  return [...byKind].flatMap(([kind, some]) => routeTable(kind, some, style));
}

function routeTable(kind: string, routes: readonly RouteReport[], style: Style): readonly string[] {
  const rows = routes.map(({ namespace, name, hostnames, parents, rules }) => [
    `${namespace}/${name}`,
    hostnames.length === 0 ? "any" : list(hostnames),
    parents.length === 0
      ? "none"
      : list(
          parents.map(({ parentRef: { name: parent, sectionName } }) =>
            sectionName === undefined ? parent : `${parent}/${sectionName}`,
          ),
        ),
    `${rules}`,
  ]);
  return renderTable([kind.toUpperCase(), "HOSTNAMES", "PARENTS", "RULES"], rows, 2, style);
}

function list(entries: readonly string[]): string {
  if (entries.length <= mostListed) return entries.join(", ");
  return `${entries.slice(0, mostListed - 1).join(", ")}, and ${entries.length - mostListed + 1} more`;
}

export function faultLines(faults: readonly Fault[], colour: Colour, style: Style): readonly string[] {
  return faults.flatMap(({ subject, type, status, reason, message }) => [
    `  ${printable(subject)}: ${style.paint(colour, printable(`${type}=${status} ${reason}`))}`,
    ...wrap(printable(message), style.width - 4).map((line) => `    ${line}`),
  ]);
}
