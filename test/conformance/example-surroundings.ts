import { isJsonObject, type JsonObject } from "../../src/resources/json.ts";
import { makeAuthority, makeLeaf } from "../blackbox/kit/certificates.ts";

/** An object of a manifest. */
export type Manifest = JsonObject;

const controllerName = "gatewright.dev/gateway-controller";

/** The protocol and port of a listener that routes of a kind attach to. */
const listenerFor: Readonly<Record<string, readonly [protocol: string, port: number]>> = {
  HTTPRoute: ["HTTP", 80],
  GRPCRoute: ["HTTP", 80],
  TLSRoute: ["TLS", 443],
  TCPRoute: ["TCP", 9000],
  UDPRoute: ["UDP", 9000],
};

/**
 * What an example takes for granted: its namespaces, GatewayClasses, Gateways, Services, certificates. Its own
 * GatewayClasses become ours.
 */
export function completed(example: readonly Manifest[]): readonly Manifest[] {
  const around = new Surroundings();
  const own = example.map((object) => (object["kind"] === "GatewayClass" ? classOf(nameOf(object)) : object));
  for (const object of own) around.serve(object);
  const has = new Set(own.map(keyOf));
  return [...around.objects.values()].filter((object) => !has.has(keyOf(object))).concat(own);
}

class Surroundings {
  readonly objects = new Map<string, Manifest>();
  private readonly authority = makeAuthority();

  serve(object: Manifest): void {
    const { kind } = object;
    if (kind === "GatewayClass" || kind === "Namespace") return;
    const namespace = namespaceOf(object);
    const spec = isJsonObject(object["spec"]) ? object["spec"] : {};
    this.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    if (kind === "Gateway") this.add(classOf(String(spec["gatewayClassName"])));
    for (const parent of listOf(spec["parentRefs"])) this.addParent(parent, String(kind), namespace);
    walk(spec, (name, refs) => {
      for (const ref of refs) this.addTarget(name, ref, namespace);
    });
  }

  private add(object: Manifest): void {
    const key = keyOf(object);
    if (!this.objects.has(key)) this.objects.set(key, object);
  }

  private addParent(ref: JsonObject, routeKind: string, namespace: string): void {
    const { kind = "Gateway", name = "", sectionName = "any", port } = ref;
    const own = ref["namespace"] ?? namespace;
    const [protocol, usual] = listenerFor[routeKind] ?? [];
    if (kind !== "Gateway" || protocol === undefined) return;
    this.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: own } });
    this.add(classOf("gatewright"));
    const tls = protocol === "TLS" ? { tls: { mode: "Passthrough" } } : {};
    this.add({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name, namespace: own },
      spec: {
        gatewayClassName: "gatewright",
        listeners: [
          {
            name: sectionName,
            protocol,
            port: port ?? usual ?? 80,
            allowedRoutes: { namespaces: { from: "All" } },
            ...tls,
          },
        ],
      },
    });
  }

  private addTarget(field: string, ref: JsonObject, namespace: string): void {
    const metadata = { name: ref["name"] ?? "", namespace: ref["namespace"] ?? namespace };
    this.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: metadata.namespace } });
    if (field === "certificateRefs" || field === "clientCertificateRef") {
      const { key, certificate } = makeLeaf(this.authority, { names: [`${String(ref["name"])}.example`] });
      const data = { "tls.crt": certificate, "tls.key": key };
      this.add({ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata, stringData: data });
    } else if (field === "caCertificateRefs") {
      const data = { "ca.crt": this.authority.certificate };
      this.add({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
    } else if ((ref["kind"] ?? "Service") === "Service") {
      const port = Number(ref["port"] ?? 443);
      const ports = (["TCP", "UDP"] as const).map((protocol) => ({
        name: protocol.toLowerCase(),
        protocol,
        port,
      }));
      this.add({ apiVersion: "v1", kind: "Service", metadata, spec: { ports } });
    }
  }
}

/** Every list of references, by the field's name. */
function walk(value: unknown, visit: (field: string, refs: readonly JsonObject[]) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit);
  if (!isJsonObject(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (/^(certificateRefs|caCertificateRefs|backendRefs|targetRefs)$/.test(name)) visit(name, listOf(inner));
    if (/^(clientCertificateRef|backendRef)$/.test(name) && isJsonObject(inner)) visit(name, [inner]);
    walk(inner, visit);
  }
}

function classOf(name: string): Manifest {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name },
    spec: { controllerName },
  };
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function keyOf(object: Manifest): string {
  return `${String(object["kind"])}/${namespaceOf(object)}/${nameOf(object)}`;
}

function nameOf({ metadata }: Manifest): string {
  return (metadata as { readonly name: string }).name;
}

function namespaceOf({ kind, metadata }: Manifest): string {
  if (kind === "Namespace" || kind === "GatewayClass") return "";
  return (metadata as { readonly namespace?: string }).namespace ?? "default";
}
