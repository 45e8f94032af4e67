import { isIPv4 } from "node:net";
import type { JsonObject } from "../../resources/json.ts";
import type { ServiceAllocator } from "../strategy/service.ts";
import type { Objects } from "../objects/objects.ts";
import type { Seeder } from "./seed.ts";

const NAME = "kubernetes";
const NAMESPACE = "default";

/** `default/kubernetes`: how programs in pods find this server. Its endpoint is renewed at every start. */
export function seedKubernetesService(
  objects: Objects,
  seeder: Seeder,
  allocator: ServiceAllocator,
  server: { readonly address: string; readonly port: number },
): void {
  if (objects.store.read("services", NAMESPACE, NAME) === undefined) {
    const clusterIP = allocator.addresses.allocate();
    seeder.add("", "services", service(clusterIP ?? "None"));
  }
  const slices = objects.registry.findResource("discovery.k8s.io", "endpointslices");
  if (slices !== undefined && isIPv4(server.address))
    seeder.write(slices, slice(server.address, server.port));
}

function service(clusterIP: string): JsonObject {
  return {
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: { component: "apiserver", provider: "kubernetes" },
    },
    spec: {
      type: "ClusterIP",
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      internalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    },
    status: { loadBalancer: {} },
  };
}

function slice(address: string, port: number): JsonObject {
  return {
    metadata: { name: NAME, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": NAME } },
    addressType: "IPv4",
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: "https", port, protocol: "TCP" }],
  };
}
