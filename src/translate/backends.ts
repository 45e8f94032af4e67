import type { HTTPBackendRef } from "../resources/gateway/http-route.ts";
import { resourceKey, type ResourceKey } from "../resources/resource.ts";
import type { Service, ServicePort } from "../resources/core/service.ts";
import {
  backendNotFound,
  backendProtocolUnsupported,
  kindInvalid,
  refNotPermitted,
} from "./condition/reference.ts";
import { isGranted } from "./grants.ts";
import { httpRouteKind } from "./listeners.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** A port of a Service that a rule sends requests to. */
export interface BackendTarget {
  /** Key of the program's backend: `NAMESPACE/SERVICE:PORT`. */
  readonly key: string;
  readonly service: ResourceKey;
  readonly port: number;
}

/** What a Service port may say of itself and still be plain HTTP/1.1, which a WebSocket begins as. */
const plainProtocols: ReadonlySet<string> = new Set(["http", "kubernetes.io/ws"]);

/**
 * The target of a reference, or why it has none. Kind, then grant, then existence: who is not allowed to
 * refer into a namespace does not learn what is there.
 */
export function resolveBackend(
  ref: HTTPBackendRef,
  routeNamespace: string,
  sight: Sight,
): { readonly target: BackendTarget } | { readonly problem: Problem } {
  const { group, kind, namespace = routeNamespace, name, port } = ref;
  const what = `${kind} ${namespace}/${name}`;
  if (group !== "" || kind !== "Service")
    return { problem: kindInvalid(group === "" ? what : `${group}/${what}`) };
  if (namespace !== routeNamespace) {
    const from = { ...httpRouteKind, namespace: routeNamespace };
    if (!isGranted(sight.grantsIn(namespace), from, { group, kind, name })) {
      return { problem: refNotPermitted(what, `HTTPRoutes of ${routeNamespace}`) };
    }
  }
  const service = sight.service(namespace, name);
  if (service === undefined) return { problem: backendNotFound(`${what} does not exist`) };
  const problem = portProblem(service, what, port);
  if (port === undefined || problem !== undefined) {
    return { problem: problem ?? backendNotFound(`${what} is referred to without a port`) };
  }
  return {
    target: { key: `${namespace}/${name}:${port}`, service: resourceKey("Service", namespace, name), port },
  };
}

/** The port of a Service with this number; TCP goes before UDP, which may have the same one. */
export function findServicePort(service: Service, port: number): ServicePort | undefined {
  const ports = service.spec.ports.filter((one) => one.port === port);
  return ports.find((one) => one.protocol === "TCP") ?? ports[0];
}

function portProblem(service: Service, what: string, port: number | undefined): Problem | undefined {
  // "Implementations SHOULD NOT support ExternalName Services" (Gateway API, `HTTPBackendRef`): whoever may
  // write one could reach what only the proxy reaches (CVE-2021-25740).
  if (service.spec.type === "ExternalName") {
    return backendNotFound(`${what} is of type ExternalName, which is not followed`);
  }
  if (port === undefined) return undefined;
  const found = findServicePort(service, port);
  if (found === undefined) return backendNotFound(`${what} has no port ${port}`);
  const { protocol, appProtocol } = found;
  if (protocol !== "TCP") return backendProtocolUnsupported(`${what}:${port}`, protocol);
  if (appProtocol === undefined || plainProtocols.has(appProtocol.toLowerCase())) return undefined;
  return backendProtocolUnsupported(`${what}:${port}`, appProtocol);
}
