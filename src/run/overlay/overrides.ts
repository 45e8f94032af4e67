import type { Service } from "../../resources/core/service.ts";
import { hostPortForm, parseHostPort, parsePort, type HostPort } from "../host-port.ts";

const annotation = "gatewright.dev/backend";

/** What the annotations of a Service send elsewhere, by port of the Service. */
export interface Overrides {
  readonly targets: ReadonlyMap<number, HostPort>;
  /** One line for each annotation that cannot be followed. */
  readonly faults: readonly string[];
}

/** `gatewright.dev/backend: HOST:PORT` is for all ports, `gatewright.dev/backend.PORT: HOST:PORT` for one. */
export function readAnnotations(service: Service): Overrides {
  const ports = portsOf(service);
  const general = new Map<number, HostPort>();
  const single = new Map<number, HostPort>();
  const faults: string[] = [];
  for (const [name, value] of annotationsOf(service)) {
    const target = parseHostPort(value);
    const port = name === annotation ? undefined : parsePort(name.slice(annotation.length + 1));
    if (target === undefined) {
      faults.push(`annotation ${name}: "${value}" is not allowed. Allowed: ${hostPortForm}`);
    } else if (name === annotation) {
      for (const one of ports) general.set(one, target);
    } else if (port === undefined || !ports.includes(port)) {
      faults.push(`annotation ${name}: the Service has ${portList(ports)}`);
    } else single.set(port, target);
  }
  return { targets: new Map([...general, ...single]), faults };
}

/** Nothing is sent elsewhere, and every wish for it is a fault. */
export function refuseAnnotations(service: Service): Overrides {
  const faults = annotationsOf(service).map(
    ([name]) => `annotation ${name}: not followed for a cluster's Services. Allowed: --backend`,
  );
  return { targets: new Map(), faults };
}

function annotationsOf(service: Service): readonly (readonly [name: string, value: string])[] {
  return Object.entries(service.metadata.annotations).filter(
    ([name]) => name === annotation || name.startsWith(`${annotation}.`),
  );
}

export function portsOf(service: Service): readonly number[] {
  return service.spec.ports.map((port) => port.port);
}

/** "the ports 80, 8080", "no ports". */
export function portList(ports: readonly number[]): string {
  if (ports.length === 0) return "no ports";
  return `${ports.length === 1 ? "only the port" : "only the ports"} ${ports.join(", ")}`;
}
