import { readFileSync } from "node:fs";
import { checkResource, loadResources } from "../golden/load.ts";
import type { ConfigMap } from "../../src/resources/core/config-map.ts";
import {
  keyOf,
  resourceKey,
  type ObjectMeta,
  type Resource,
  type ResourceChange,
} from "../../src/resources/resource.ts";
import { Translator, type Placement } from "../../src/translate/translate.ts";

/** Valid objects that are as small as they can be, for tests that need very many of them. */

const gatewayApi = "gateway.networking.k8s.io/v1";

const sharedCase = readFileSync(new URL("../cases/shared/shared.yaml", import.meta.url), "utf8");
const shared = loadResources(sharedCase);
const certificates: ReadonlyMap<string, Resource> = new Map(
  shared.flatMap((one) => (one.kind === "Secret" ? [[one.metadata.name, one]] : [])),
);

/** PEM of a ConfigMap of the cases: `ca`, `ca-other`. */
export function authorities(name: string): string {
  const found = shared.find((one) => one.kind === "ConfigMap" && one.metadata.name === name) as ConfigMap;
  return found.data?.["ca.crt"] ?? "";
}

type Metadata = Partial<ObjectMeta>;

/** A path is `NAMESPACE/NAME`. */
function split(path: string): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = ""] = path.split("/");
  return { namespace, name };
}

export function makeClass(name: string): Resource {
  const spec = { controllerName: "example.com/gatewright" };
  return checkResource({ apiVersion: gatewayApi, kind: "GatewayClass", metadata: { name }, spec });
}

export interface ListenerBody {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname?: string;
  readonly allowedRoutes?: object;
  readonly tls?: object;
}

export function makeGateway(
  path: string,
  listeners: readonly ListenerBody[],
  metadata: Metadata = {},
  gatewayClassName = "gatewright",
): Resource {
  return checkResource({
    apiVersion: gatewayApi,
    kind: "Gateway",
    metadata: { ...split(path), ...metadata },
    spec: { gatewayClassName, listeners, allowedListeners: { namespaces: { from: "All" } } },
  });
}

export function makeListenerSet(
  path: string,
  gateway: string,
  listeners: readonly ListenerBody[],
  metadata: Metadata = {},
): Resource {
  return checkResource({
    apiVersion: gatewayApi,
    kind: "ListenerSet",
    metadata: { ...split(path), ...metadata },
    spec: { parentRef: split(gateway), listeners },
  });
}

/** An HTTP listener that takes routes from everywhere, unless `namespaces` says otherwise. */
export function http(name: string, port: number, namespaces: object = { from: "All" }): ListenerBody {
  return { name, port, protocol: "HTTP", allowedRoutes: { namespaces } };
}

/** An HTTPS listener that shows the certificates of these Secrets to its clients. */
export function https(name: string, port: number, secrets: readonly string[]): ListenerBody {
  const certificateRefs = secrets.map(split);
  const allowedRoutes = { namespaces: { from: "All" } };
  return { name, port, protocol: "HTTPS", allowedRoutes, tls: { certificateRefs } };
}

/** A listener of TLS, TCP or UDP. */
export function stream(name: string, protocol: string, port: number, more: object = {}): ListenerBody {
  return { name, port, protocol, allowedRoutes: { namespaces: { from: "All" } }, ...more };
}

/** A route with one rule: `prefix` to port 80 of the services. */
export function makeRoute(
  path: string,
  parents: readonly string[],
  prefix: string,
  services: readonly string[],
  spec: object = {},
): Resource {
  return checkResource({
    apiVersion: gatewayApi,
    kind: "HTTPRoute",
    metadata: split(path),
    spec: {
      parentRefs: parents.map(split),
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: prefix } }],
          backendRefs: services.map((one) => ({ ...split(one), port: 80 })),
        },
      ],
      ...spec,
    },
  });
}

/** A GRPCRoute with one rule: all methods of `service` to port 80 of the Services. */
export function makeGRPCRoute(
  path: string,
  parents: readonly string[],
  service: string,
  services: readonly string[],
  spec: object = {},
  metadata: Metadata = {},
): Resource {
  return checkResource({
    apiVersion: gatewayApi,
    kind: "GRPCRoute",
    metadata: { ...split(path), ...metadata },
    spec: {
      parentRefs: parents.map(split),
      rules: [
        {
          matches: [{ method: { service } }],
          backendRefs: services.map((one) => ({ ...split(one), port: 80 })),
        },
      ],
      ...spec,
    },
  });
}

/** A route of connections or flows with all that it gets to port 80 of the services; of TLS the hosts of example.com unless `spec` has others. */
export function makeStreamRoute(
  kind: "TLSRoute" | "TCPRoute" | "UDPRoute",
  path: string,
  parents: readonly string[],
  services: readonly string[],
  spec: object = {},
): Resource {
  return checkResource({
    apiVersion: gatewayApi,
    kind,
    metadata: split(path),
    spec: {
      parentRefs: parents.map(split),
      ...(kind === "TLSRoute" && { hostnames: ["*.example.com"] }),
      rules: [{ backendRefs: services.map((one) => ({ ...split(one), port: 80 })) }],
      ...spec,
    },
  });
}

export function makeService(path: string, port = 80): Resource {
  const spec = { ports: [{ port }] };
  return checkResource({ apiVersion: "v1", kind: "Service", metadata: split(path), spec });
}

export function makeSlice(path: string, service: string, addresses: readonly string[]): Resource {
  return checkResource({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...split(path), labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    ports: [{ port: 8080 }],
    endpoints: addresses.map((address) => ({ addresses: [address] })),
  });
}

export function makeNamespace(name: string, labels: Readonly<Record<string, string>>): Resource {
  return checkResource({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}

/** Lets routes of one namespace refer to all Services of the grant's own, and its Gateways to the Secrets. */
export function makeGrant(path: string, from: string): Resource {
  const kinds = ["HTTPRoute", "GRPCRoute", "TLSRoute", "Gateway", "ListenerSet"];
  return checkResource({
    apiVersion: gatewayApi,
    kind: "ReferenceGrant",
    metadata: split(path),
    spec: {
      from: kinds.map((kind) => ({ group: "gateway.networking.k8s.io", kind, namespace: from })),
      to: ["Service", "Secret"].map((kind) => ({ group: "", kind })),
    },
  });
}

/** A Secret with one of the certificates of the cases: `cert-a`, `cert-wildcard`, `cert-org`. */
export function makeSecret(path: string, certificate: string): Resource {
  return {
    ...certificates.get(certificate)!,
    metadata: { ...makeNamespace("x", {}).metadata, ...split(path) },
  };
}

export function makeConfigMap(path: string, bundle: string): Resource {
  const data = { "ca.crt": authorities(bundle) };
  return checkResource({ apiVersion: "v1", kind: "ConfigMap", metadata: split(path), data });
}

/** TLS for all ports of a Service, with the authorities of a ConfigMap; all of one namespace. */
export function makeTLSPolicy(path: string, service: string, configMap: string): Resource {
  return checkResource({
    apiVersion: gatewayApi,
    kind: "BackendTLSPolicy",
    metadata: split(path),
    spec: {
      targetRefs: [{ group: "", kind: "Service", name: service }],
      validation: {
        caCertificateRefs: [{ group: "", kind: "ConfigMap", name: configMap }],
        hostname: "in.example.com",
      },
    },
  });
}

export function makePod(path: string, labels: Readonly<Record<string, string>>, podIP: string): Resource {
  return checkResource({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...split(path), labels },
    spec: { containers: [{ name: "c", image: "i" }] },
    status: { podIP, conditions: [{ type: "Ready", status: "True" }] },
  });
}

/** Pods with all of these labels, and sessions on them. */
export function makeXBackend(path: string, matchLabels: Readonly<Record<string, string>>): Resource {
  return checkResource({
    apiVersion: "gateway.networking.x-k8s.io/v1alpha1",
    kind: "XBackend",
    metadata: split(path),
    spec: { type: "EndpointSelector", endpointSelector: { matchLabels }, port: { number: 8080 } },
  });
}

export function present(object: Resource): ResourceChange {
  return { key: keyOf(object), object };
}

export function absent(object: Resource): ResourceChange {
  return { key: keyOf(object) };
}

export function place(path: string, address: string | undefined, portOffset = 0): Placement {
  const { namespace, name } = split(path);
  const gateway = resourceKey("Gateway", namespace, name);
  return { gateway, ...(address !== undefined && { place: { addresses: [address], portOffset } }) };
}

export function newTranslator(): Translator {
  return new Translator({ accepts: () => true, supportedFeatures: ["HTTPRoute", "Gateway"] });
}
