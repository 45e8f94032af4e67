import type { Backend } from "../program/program.ts";
import type { HTTPBackendRef } from "../resources/gateway/http-route.ts";
import { keyOf, type ResourceKey } from "../resources/resource.ts";
import type { Service, ServicePort } from "../resources/core/service.ts";
import {
  backendNotFound,
  backendProtocolUnsupported,
  kindInvalid,
  refNotPermitted,
} from "./condition/reference.ts";
import { isGranted, type Referrer } from "./grants.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** A port of a Service that a rule sends requests to, in one protocol. */
export interface BackendTarget {
  /** Key of the program's backend. */
  readonly key: string;
  readonly service: ResourceKey;
  readonly port: number;
  readonly protocol?: NonNullable<Backend["protocol"]>;
}

/** Who refers to a backend, and what it speaks to it if that is not for the Service to say. */
export interface BackendReferrer extends Referrer {
  readonly protocol: Backend["protocol"];
}

type Resolved = { readonly target: BackendTarget } | { readonly problem: Problem };

/**
 * The target of a reference, or why it has none. Kind, then grant, then existence: who is not allowed to
 * refer into a namespace does not learn what is there.
 */
export function resolveBackend(ref: HTTPBackendRef, referrer: BackendReferrer, sight: Sight): Resolved {
  const { group, kind, namespace = referrer.namespace, name, port } = ref;
  const what = `${kind} ${namespace}/${name}`;
  if (group !== "" || kind !== "Service")
    return { problem: kindInvalid(group === "" ? what : `${group}/${what}`) };
  if (namespace !== referrer.namespace) {
    if (!isGranted(sight.grantsIn(namespace), referrer, { group, kind, name })) {
      return { problem: refNotPermitted(what, `${referrer.kind}s of ${referrer.namespace}`) };
    }
  }
  const service = sight.service(namespace, name);
  if (service === undefined) return { problem: backendNotFound(`${what} does not exist`) };
  return findTarget(service, port, what, referrer.protocol);
}

function findTarget(
  service: Service,
  port: number | undefined,
  what: string,
  wanted: Backend["protocol"],
): Resolved {
  // "Implementations SHOULD NOT support ExternalName Services" (Gateway API, `HTTPBackendRef`): whoever may
  // write one could reach what only the proxy reaches (CVE-2021-25740).
  if (service.spec.type === "ExternalName") {
    return { problem: backendNotFound(`${what} is of type ExternalName, which is not followed`) };
  }
  if (port === undefined) return { problem: backendNotFound(`${what} is referred to without a port`) };
  const found = findServicePort(service, port);
  if (found === undefined) return { problem: backendNotFound(`${what} has no port ${port}`) };
  const spoken = found.protocol === "TCP" ? spokenProtocol(found.appProtocol, wanted) : undefined;
  if (spoken === undefined) {
    const said = found.protocol === "TCP" ? (found.appProtocol ?? "") : found.protocol;
    return { problem: backendProtocolUnsupported(`${what}:${port}`, said) };
  }
  const { namespace, name } = service.metadata;
  const target = { key: `${namespace}/${name}:${port}`, service: keyOf(service), port };
  if (spoken === "HTTP1") return { target };
  return { target: { ...target, key: `${target.key}/HTTP2`, protocol: "HTTP2" } };
}

/** What a Service port may say of itself; a WebSocket begins as HTTP/1.1. */
const protocols: ReadonlyMap<string, "HTTP1" | "HTTP2"> = new Map([
  ["http", "HTTP1"],
  ["kubernetes.io/ws", "HTTP1"],
  ["kubernetes.io/h2c", "HTTP2"],
  ["grpc", "HTTP2"],
]);

/** A word that speaks against HTTP/2, where that is what the route speaks. */
const neverHTTP2: ReadonlySet<string> = new Set(["kubernetes.io/ws"]);

function spokenProtocol(
  appProtocol: string | undefined,
  wanted: Backend["protocol"],
): "HTTP1" | "HTTP2" | undefined {
  if (appProtocol === undefined) return wanted ?? "HTTP1";
  const said = appProtocol.toLowerCase();
  if (wanted !== undefined && neverHTTP2.has(said)) return undefined;
  const own = protocols.get(said);
  return own === undefined ? undefined : (wanted ?? own);
}

/** The port of a Service with this number; TCP goes before UDP, which may have the same one. */
export function findServicePort(service: Service, port: number): ServicePort | undefined {
  const ports = service.spec.ports.filter((one) => one.port === port);
  return ports.find((one) => one.protocol === "TCP") ?? ports[0];
}
