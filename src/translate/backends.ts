import type { Backend, SessionPersistence } from "../program/program.ts";
import type { Service } from "../resources/core/service.ts";
import { digest } from "../resources/digest.ts";
import { EXPERIMENTAL_GROUP, type BackendReference } from "../resources/gateway/reference.ts";
import type { SessionPersistence as PersistenceSpec } from "../resources/gateway/session-persistence.ts";
import { MULTICLUSTER_GROUP, type ServiceImport } from "../resources/multicluster/service-import.ts";
import type { XBackend } from "../resources/gateway/x-backend.ts";
import { keyOf, type ResourceKey } from "../resources/resource.ts";
import { tlsPolicyFor, tlsPolicyOf } from "./backend-tls.ts";
import {
  backendNotFound,
  backendProtocolUnsupported,
  backendTransportOther,
  kindInvalid,
  proxyHeaderInTls,
  refNotPermitted,
  xBackendElsewhere,
} from "./condition/reference.ts";
import { isGranted, type Referrer } from "./grants.ts";
import { translatePersistence } from "./persistence.ts";
import type { Problem } from "./problem.ts";
import type { Transport } from "./protocol.ts";
import { SPEAK_ANNOTATION, spokenVersion } from "./proxy-protocol.ts";
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
  /** It gets what has arrived as it is, TLS or datagrams: whatever policies say, no TLS is put around it. */
  readonly isPassthrough?: true;
  /** Key of the certificate that the Gateway shows to backends with TLS. */
  readonly certificate?: string;
  readonly persistence?: SessionPersistence;
}

/** How traffic goes on to backends, as far as the listener decides it that it came by. */
export interface Way {
  /** Key of the certificate that the Gateway shows. */
  readonly certificate: string | undefined;
  readonly isPassthrough: boolean;
}

/** Who refers to a backend, and what it speaks to it if that is not for the Service to say. */
export interface BackendReferrer extends Referrer, Way {
  readonly protocol: Backend["protocol"];
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
  const found = findServicePort(service, port, transportOf(referrer.protocol));
  if (found === undefined) {
    const other = service.spec.ports.find((one) => one.port === port);
    if (other === undefined) return { problem: backendNotFound(`${what} has no port ${port}`) };
    return { problem: backendTransportOther(`${what}:${port}`, other.protocol ?? "TCP") };
  }
  const spoken = speak(service, found, `${what}:${port}`, referrer, sight);
  if (typeof spoken !== "string") return { problem: spoken };
  const { namespace, name: serviceName } = service.metadata;
  const prefix = service.kind === "Service" ? "" : "ServiceImport/";
  return targetOf(`${prefix}${namespace}/${serviceName}:${port}`, keyOf(service), port, spoken, referrer);
}

/** What is spoken to a port of a Service, or why nothing can be. */
function speak(
  service: Service | ServiceImport,
  { appProtocol = "", name }: BackendPort,
  what: string,
  referrer: BackendReferrer,
  sight: Sight,
): Spoken | Problem {
  const { protocol } = referrer;
  // What is passed on is whatever the client speaks.
  if (protocol === "TCP") {
    const { version, problem } = spokenVersion(service, what);
    // The header stands before TLS: inside it, whoever ends TLS would take it for words of the client.
    const isSecured =
      version !== undefined &&
      !referrer.isPassthrough &&
      tlsPolicyFor(keyOf(service), name, sight) !== undefined;
    return problem ?? (isSecured ? proxyHeaderInTls(what, SPEAK_ANNOTATION) : protocol);
  }
  if (protocol === "UDP") {
    // A policy for the whole Service is for those ports that TLS can be spoken to.
    const isSecured = name !== undefined && tlsPolicyOf(keyOf(service), name, sight) !== undefined;
    return isSecured
      ? backendProtocolUnsupported(what, "UDP, with a BackendTLSPolicy for the port,")
      : protocol;
  }
  const spoken = spokenProtocol(appProtocol, protocol);
  if (spoken === undefined) return backendProtocolUnsupported(what, appProtocol);
  // What the Service itself says of TLS is not enough: nothing says whom to trust.
  if (secure.has(appProtocol.toLowerCase()) && tlsPolicyFor(keyOf(service), name, sight) === undefined) {
    return backendProtocolUnsupported(what, `${appProtocol}, without a BackendTLSPolicy for the port,`);
  }
  return spoken;
}

export function transportOf(protocol: Backend["protocol"]): Transport {
  return protocol === "UDP" ? "UDP" : "TCP";
}

/** What is spoken to an XBackend; the route says it where the XBackend does not. */
const xProtocols: ReadonlyMap<string, Spoken> = new Map([
  ["TCP", "TCP"],
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
  const spoken = protocol === undefined ? (wanted ?? "HTTP1") : xSpoken(protocol, wanted);
  if (spoken === undefined) return { problem: backendProtocolUnsupported(what, protocol ?? "") };
  if (spoken === "UDP" && backend.spec.tls.mode !== "None") {
    return { problem: backendProtocolUnsupported(what, "UDP, with TLS,") };
  }
  const { namespace, name } = backend.metadata;
  // It says itself which certificate it is shown.
  const unnamed = { ...referrer, certificate: undefined };
  return targetOf(`XBackend/${namespace}/${name}`, keyOf(backend), undefined, spoken, unnamed);
}

/** HTTP can be raised to HTTP/2, unless the XBackend speaks against it; all else must be the same on both sides. */
function xSpoken(protocol: string, wanted: Backend["protocol"]): Spoken | undefined {
  const own = xProtocols.get(protocol);
  const isRaised = wanted === "HTTP2" && own === "HTTP1" && protocol === "HTTP";
  const isOwn = wanted === undefined ? own !== "TCP" : own === wanted;
  return isOwn ? own : isRaised ? wanted : undefined;
}

type Spoken = "HTTP1" | NonNullable<Backend["protocol"]>;

function targetOf(
  key: string,
  object: ResourceKey,
  port: number | undefined,
  spoken: Spoken,
  way: Way,
): ResolvedBackend {
  const { isPassthrough, certificate } = way;
  const suffixes = [
    ...(spoken === "HTTP1" ? [] : [spoken]),
    // Of UDP there is nothing else.
    ...(isPassthrough && spoken === "TCP" ? ["PASSTHROUGH"] : []),
    ...(certificate === undefined ? [] : [`AS:${certificate}`]),
  ];
  return {
    target: {
      key: [key, ...suffixes].join("/"),
      object,
      ...(port !== undefined && { port }),
      ...(spoken !== "HTTP1" && { protocol: spoken }),
      ...(isPassthrough && { isPassthrough }),
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

/** Both transports may have the number. */
export function findServicePort(
  { spec }: Service | ServiceImport,
  port: number,
  transport: Transport,
): BackendPort | undefined {
  const ports: readonly BackendPort[] = spec.ports;
  return ports.find((one) => one.port === port && (one.protocol ?? "TCP") === transport);
}
