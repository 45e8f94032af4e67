import type { Backend, Certificate, RetryBudget, SessionPersistence } from "../program/program.ts";
import type { Service } from "../resources/core/service.ts";
import { milliseconds } from "../resources/gateway/duration.ts";
import { EXPERIMENTAL_GROUP } from "../resources/gateway/reference.ts";
import type { XBackendTrafficPolicy } from "../resources/gateway/x-backend-traffic-policy.ts";
import type { XBackend } from "../resources/gateway/x-backend.ts";
import type { ServiceImport } from "../resources/multicluster/service-import.ts";
import { compareAge, type ResourceKey } from "../resources/resource.ts";
import { backendTls, tlsPolicyFor } from "./backend-tls.ts";
import { findServicePort, transportOf, type BackendTarget } from "./backends.ts";
import { resolveCertificate } from "./certificates.ts";
import { serviceEndpoints, xBackendEndpoints } from "./endpoints.ts";
import { slicesOf, trafficPoliciesOf } from "./groups.ts";
import { translatePersistence } from "./persistence.ts";
import { spokenVersion } from "./proxy-protocol.ts";
import type { Sight } from "./sight.ts";

export interface TranslatedBackend {
  readonly backend: Backend;
  /** That it is shown, and nobody else may have brought into the program. */
  readonly certificates: readonly Certificate[];
}

/** A backend as its Service, ServiceImport or XBackend, and the policies for it, want it now. */
export function translateBackend(target: BackendTarget, sight: Sight): TranslatedBackend {
  const place = placeOf(target, sight);
  const { certificates = [], persistence: ownPersistence, ...rest } = place;
  const { key, protocol } = target;
  const common = { key, ...(protocol !== undefined && { protocol }) };
  // Sessions and second tries are those of requests.
  if (protocol === "TCP" || protocol === "UDP") return { backend: { ...common, ...rest }, certificates };
  const policy = trafficPolicyOf(target.object, sight);
  const persistence = ownPersistence ?? target.persistence ?? policyPersistence(policy, target.key);
  const retryBudget = policy && translateBudget(policy);
  return {
    backend: {
      ...common,
      ...(persistence !== undefined && { persistence }),
      ...(retryBudget !== undefined && { retryBudget }),
      ...rest,
    },
    certificates,
  };
}

function placeOf(target: BackendTarget, sight: Sight): Place {
  if (target.object.startsWith("XBackend/")) return xBackendPlace(target, sight);
  return target.object.startsWith("ServiceImport/")
    ? importPlace(target, sight)
    : servicePlace(target, sight);
}

/** What the object itself decides. */
interface Place extends Pick<Backend, "endpoints" | "tls" | "proxyProtocol"> {
  readonly persistence?: SessionPersistence;
  readonly certificates?: readonly Certificate[];
}

function servicePlace(target: BackendTarget, sight: Sight): Place {
  const { object, port: number = 0 } = target;
  const service = sight.at("Service", object);
  const port = service && findServicePort(service, number, transportOf(target.protocol));
  if (port === undefined) return { endpoints: [] };
  const endpoints = serviceEndpoints(port, sight.members("EndpointSlice", slicesOf(object)), sight);
  return { ...securedPlace(target, port.name, endpoints, sight), ...introduction(service, target) };
}

/** Of connections only: requests say themselves whom they come from. */
function introduction(
  service: Service | ServiceImport | undefined,
  { protocol, object }: BackendTarget,
): Pick<Place, "proxyProtocol"> {
  if (service === undefined || protocol !== "TCP") return {};
  const { version } = spokenVersion(service, object);
  return version === undefined ? {} : { proxyProtocol: version };
}

/** As the BackendTLSPolicy for the port wants it, if there is one, and there is anything that TLS can be put around. */
function securedPlace(
  { object, certificate, isPassthrough }: BackendTarget,
  portName: string | undefined,
  endpoints: Place["endpoints"],
  sight: Sight,
): Place {
  if (isPassthrough === true) return { endpoints };
  const policy = tlsPolicyFor(object, portName, sight);
  if (policy === undefined) return { endpoints };
  const referrer = { kind: "BackendTLSPolicy", namespace: policy.metadata.namespace };
  const { tls, isUsable } = backendTls(policy.spec.validation, referrer, certificate, sight);
  // There is nobody to connect to who could be verified: 503, and not even an attempt.
  return { tls, endpoints: isUsable ? endpoints : [] };
}

/** Where nobody has made EndpointSlices of it, its addresses stand for them (`status.endpointSliceObjects`: Absent). */
function importPlace(target: BackendTarget, sight: Sight): Place {
  const { object, port: number = 0 } = target;
  const service = sight.at("ServiceImport", object);
  const port = service && findServicePort(service, number, transportOf(target.protocol));
  if (service === undefined || port === undefined) return { endpoints: [] };
  const slices = [...sight.members("EndpointSlice", slicesOf(object))];
  const endpoints =
    slices.length > 0
      ? serviceEndpoints(port, slices, sight)
      : (service.spec.ips ?? []).map((host) => ({ host, port: port.port }));
  return { ...securedPlace(target, port.name, endpoints, sight), ...introduction(service, target) };
}

function xBackendPlace({ object, key, isPassthrough }: BackendTarget, sight: Sight): Place {
  const backend = sight.at("XBackend", object);
  if (backend === undefined) return { endpoints: [] };
  const { sessionPersistence: sessions } = backend.spec;
  const persistence = sessions && translatePersistence(sessions, key);
  const endpoints = xBackendEndpoints(backend, sight);
  if (isPassthrough === true) return { endpoints };
  return { endpoints, ...(persistence !== undefined && { persistence }), ...xBackendTls(backend, sight) };
}

/** `endpoints` only where there must not be any. */
function xBackendTls(
  { metadata: { namespace }, spec: { tls: spec } }: XBackend,
  sight: Sight,
): Partial<Place> {
  if (spec.validation === undefined) return {};
  const referrer = { kind: "XBackend", namespace };
  const ref = spec.clientCertificateRef;
  const shown = ref && resolveCertificate(ref, { group: EXPERIMENTAL_GROUP, ...referrer }, sight);
  const certificate = shown !== undefined && "certificate" in shown ? shown.certificate : undefined;
  const { tls, isUsable } = backendTls(spec.validation, referrer, certificate?.key, sight);
  const isWhole = isUsable && (ref === undefined || certificate !== undefined);
  return {
    tls,
    ...(!isWhole && { endpoints: [] }),
    ...(certificate !== undefined && { certificates: [certificate] }),
  };
}

/** Of several policies for one backend the oldest. */
export function trafficPolicyOf(object: ResourceKey, sight: Sight): XBackendTrafficPolicy | undefined {
  let first: XBackendTrafficPolicy | undefined;
  for (const policy of sight.members("XBackendTrafficPolicy", trafficPoliciesOf(object))) {
    if (first === undefined || compareAge(policy, first) < 0) first = policy;
  }
  return first;
}

function policyPersistence(
  policy: XBackendTrafficPolicy | undefined,
  backend: string,
): SessionPersistence | undefined {
  const sessions = policy?.spec.sessionPersistence;
  return sessions && translatePersistence(sessions, backend);
}

/** A part that is not said has the default of the whole: 10 retries, and 1 second. */
function translateBudget({ spec }: XBackendTrafficPolicy): RetryBudget | undefined {
  if (spec.retryConstraint === undefined) return undefined;
  const { budget, minRetryRate } = spec.retryConstraint;
  return {
    percent: budget.percent,
    interval: milliseconds(budget.interval),
    minCount: minRetryRate.count ?? 10,
    minInterval: milliseconds(minRetryRate.interval ?? "1s"),
  };
}
