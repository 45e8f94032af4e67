import type { Backend, SessionPersistence } from "../program/program.ts";
import type { Service } from "../resources/core/service.ts";
import { digest } from "../resources/digest.ts";
import { EXPERIMENTAL_GROUP, type BackendReference } from "../resources/gateway/reference.ts";
import type { SessionPersistence as PersistenceSpec } from "../resources/gateway/session-persistence.ts";
import { MULTICLUSTER_GROUP, type ServiceImport } from "../resources/multicluster/service-import.ts";
import type { XBackend } from "../resources/gateway/x-backend.ts";
import { keyOf, type ResourceKey } from "../resources/resource.ts";
import { tlsPolicyFor } from "./backend-tls.ts";
import {
  backendNotFound,
  backendProtocolUnsupported,
  kindInvalid,
  refNotPermitted,
  xBackendElsewhere,
} from "./condition/reference.ts";
import { isGranted, type Referrer } from "./grants.ts";
import { translatePersistence } from "./persistence.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** Where requests are sent to, and how as far as the sender decides it. */
export interface BackendTarget {
  /** Key of the program's backend. */
  readonly key: string;
  /** Key of the Service, ServiceImport or XBackend. */
  readonly object: ResourceKey;
  /** Of a Service or a ServiceImport. */
  readonly port?: number;
  readonly protocol?: NonNullable<Backend["protocol"]>;
  /** Key of the certificate that the Gateway shows to backends with TLS. */
  readonly certificate?: string;
  readonly persistence?: SessionPersistence;
}

/** Who refers to a backend, and what it speaks to it if that is not for the Service to say. */
export interface BackendReferrer extends Referrer {
  readonly protocol: Backend["protocol"];
  /** Key of the certificate that its Gateway shows. */
  readonly certificate: string | undefined;
}

export type ResolvedBackend = { readonly target: BackendTarget } | { readonly problem: Problem };

/**
 * The target of a reference, or why it has none. Kind, then grant, then existence: who is not allowed to
 * refer into a namespace does not learn what is there.
 */
export function resolveBackend(
  ref: BackendReference,
  referrer: BackendReferrer,
  sight: Sight,
): ResolvedBackend {
  const { group, kind, namespace = referrer.namespace, name, port } = ref;
  const what = `${kind} ${namespace}/${name}`;
  if (group === EXPERIMENTAL_GROUP && kind === "XBackend") {
    // "from the same namespace only" (GEP-4894): there is no grant for it.
    if (namespace !== referrer.namespace) return { problem: xBackendElsewhere(what) };
    const backend = sight.get(kind, namespace, name);
    return backend === undefined
      ? { problem: backendNotFound(`${what} does not exist`) }
      : targetXBackend(backend, what, referrer);
  }
  const isImport = group === MULTICLUSTER_GROUP && kind === "ServiceImport";
  if (!isImport && (group !== "" || kind !== "Service")) {
    return { problem: kindInvalid(group === "" ? what : `${group}/${what}`) };
  }
  if (namespace !== referrer.namespace) {
    if (!isGranted(sight.grantsIn(namespace), referrer, { group, kind, name })) {
      return { problem: refNotPermitted(what, `${referrer.kind}s of ${referrer.namespace}`) };
    }
  }
  const service = sight.get(isImport ? "ServiceImport" : "Service", namespace, name);
  if (service === undefined) return { problem: backendNotFound(`${what} does not exist`) };
  return targetService(service, port, what, referrer, sight);
}

/** The target with sessions that a rule wants; another backend than that of a rule without them. */
export function withPersistence(target: BackendTarget, spec: PersistenceSpec | undefined): BackendTarget {
  if (spec === undefined) return target;
  const persistence = translatePersistence(spec, target.key);
  return { ...target, key: `${target.key}/SESSION:${digest(JSON.stringify(persistence))}`, persistence };
}

function targetService(
  service: Service | ServiceImport,
  port: number | undefined,
  what: string,
  referrer: BackendReferrer,
  sight: Sight,
): ResolvedBackend {
  // "Implementations SHOULD NOT support ExternalName Services" (Gateway API, `HTTPBackendRef`): whoever may
  // write one could reach what only the proxy reaches (CVE-2021-25740).
  if (service.kind === "Service" && service.spec.type === "ExternalName") {
    return { problem: backendNotFound(`${what} is of type ExternalName, which is not followed`) };
  }
  if (port === undefined) return { problem: backendNotFound(`${what} is referred to without a port`) };
  const found = findServicePort(service, port);
  if (found === undefined) return { problem: backendNotFound(`${what} has no port ${port}`) };
  const { protocol = "TCP", appProtocol = "", name } = found;
  const said = protocol === "TCP" ? appProtocol : protocol;
  const spoken = protocol === "TCP" ? spokenProtocol(appProtocol, referrer.protocol) : undefined;
  if (spoken === undefined) return { problem: backendProtocolUnsupported(`${what}:${port}`, said) };
  // What the Service itself says of TLS is not enough: nothing says whom to trust.
  if (secure.has(said.toLowerCase()) && tlsPolicyFor(keyOf(service), name, sight) === undefined) {
    const message = `${said}, without a BackendTLSPolicy for the port,`;
    return { problem: backendProtocolUnsupported(`${what}:${port}`, message) };
  }
  const { namespace, name: serviceName } = service.metadata;
  const prefix = service.kind === "Service" ? "" : "ServiceImport/";
  return targetOf(`${prefix}${namespace}/${serviceName}:${port}`, keyOf(service), port, spoken, referrer);
}

/** What is spoken to an XBackend; the route says it where the XBackend does not. */
const xProtocols: ReadonlyMap<string, Spoken> = new Map([
  ["HTTP", "HTTP1"],
  ["HTTP11", "HTTP1"],
  ["WSS", "HTTP1"],
  ["HTTP2", "HTTP2"],
  ["H2C", "HTTP2"],
  ["GRPC", "HTTP2"],
]);

function targetXBackend(backend: XBackend, what: string, referrer: BackendReferrer): ResolvedBackend {
  const { protocol } = backend.spec;
  const { protocol: wanted } = referrer;
  const own = protocol === undefined ? "HTTP1" : xProtocols.get(protocol);
  const isRefused =
    own === undefined || (wanted !== undefined && (protocol === "HTTP11" || protocol === "WSS"));
  if (isRefused) return { problem: backendProtocolUnsupported(what, protocol ?? "") };
  const { namespace, name } = backend.metadata;
  // It says itself which certificate it is shown.
  const unnamed = { ...referrer, certificate: undefined };
  return targetOf(`XBackend/${namespace}/${name}`, keyOf(backend), undefined, wanted ?? own, unnamed);
}

type Spoken = "HTTP1" | NonNullable<Backend["protocol"]>;

function targetOf(
  key: string,
  object: ResourceKey,
  port: number | undefined,
  spoken: Spoken,
  { certificate }: BackendReferrer,
): ResolvedBackend {
  return {
    target: {
      key: `${key}${spoken === "HTTP1" ? "" : `/${spoken}`}${certificate === undefined ? "" : `/AS:${certificate}`}`,
      object,
      ...(port !== undefined && { port }),
      ...(spoken !== "HTTP1" && { protocol: spoken }),
      ...(certificate !== undefined && { certificate }),
    },
  };
}

/** What a Service port may say of itself; a WebSocket begins as HTTP/1.1. */
const protocols: ReadonlyMap<string, Spoken> = new Map([
  ["", "HTTP1"],
  ["http", "HTTP1"],
  ["https", "HTTP1"],
  ["kubernetes.io/ws", "HTTP1"],
  ["kubernetes.io/wss", "HTTP1"],
  ["kubernetes.io/h2c", "HTTP2"],
  ["grpc", "HTTP2"],
]);

/** Words that ask for TLS. */
const secure: ReadonlySet<string> = new Set(["https", "kubernetes.io/wss"]);

/** Words that speak against HTTP/2, where that is what the route speaks. */
const neverHTTP2: ReadonlySet<string> = new Set(["kubernetes.io/ws", "kubernetes.io/wss"]);

function spokenProtocol(appProtocol: string, wanted: Backend["protocol"]): Spoken | undefined {
  const said = appProtocol.toLowerCase();
  if (wanted !== undefined && neverHTTP2.has(said)) return undefined;
  const own = protocols.get(said);
  return own === undefined ? undefined : (wanted ?? own);
}

/** A port as Services and ServiceImports have it. */
export interface BackendPort {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

/** The port with this number; TCP goes before UDP, which may have the same one. */
export function findServicePort({ spec }: Service | ServiceImport, port: number): BackendPort | undefined {
  const all: readonly BackendPort[] = spec.ports;
  const ports = all.filter((one) => one.port === port);
  return ports.find(({ protocol = "TCP" }) => protocol === "TCP") ?? ports[0];
}
