import type { JsonObject } from "../json.ts";
import type { Resource } from "../resource.ts";
import { dnsLabel, labelValue, portNumber, qualifiedName } from "../schema/forms.ts";
import {
  array,
  boolean,
  type Infer,
  integer,
  intOrString,
  map,
  object,
  optional,
  string,
} from "../schema/schema.ts";
import { age, column, count, labelText, orNone, part, parts, text, texts, wideColumn } from "./cells.ts";
import { cidrBlock, ipAddress, portOrName } from "./checks.ts";
import { condition } from "./condition.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, protocol } from "./fields.ts";
import { loadBalancerAddresses, loadBalancerStatus } from "./load-balancer.ts";
import { metadata } from "./metadata.ts";
import { nodePortNumber, qualifiedForm } from "./names.ts";
import { clusterAddress, distinctPorts, soundService } from "./service-checks.ts";

const clientIPConfig = object({
  timeoutSeconds: optional(
    integer({
      format: "int32",
      description: "Seconds, at most a day; three hours unless said.",
      min: 1,
      max: 86400,
    }),
  ),
});

const sessionAffinityConfig = object({ clientIP: optional(clientIPConfig) });

const servicePort = object(
  {
    appProtocol: optional(
      string({ ...qualifiedForm, description: "What is spoken, such as kubernetes.io/h2c." }),
    ),
    name: optional(
      string({ description: "Needed, and unique, where a Service has several ports.", ...dnsLabel }),
    ),
    nodePort: optional(
      integer({
        description:
          "The port on every node, for NodePort and LoadBalancer; chosen by the server when absent.",
        ...nodePortNumber,
      }),
    ),
    port: integer({ description: "The port that clients use.", ...portNumber }),
    protocol: described(protocol, "TCP unless said."),
    targetPort: optional(
      intOrString({
        description:
          "The port of the endpoints: a number, or the name of a container port. The same as port when absent.",
        checks: [portOrName],
      }),
    ),
  },
  { description: "A port of the Service." },
);

const serviceSpec = object({
  allocateLoadBalancerNodePorts: optional(
    boolean({ description: "For load balancers: whether node ports are given too. True unless said." }),
  ),
  clusterIP: optional(
    string({
      description:
        "The address inside the cluster; None for a headless Service. Chosen by the server when absent.",
      checks: [clusterAddress],
    }),
  ),
  clusterIPs: optional(
    array(string(), {
      description: "clusterIP, and the address of the other IP family if there is one.",
      maxItems: 2,
    }),
  ),
  externalIPs: optional(
    array(string({ checks: [ipAddress] }), {
      description: "Further addresses whose traffic nodes take for this Service.",
    }),
  ),
  externalName: optional(
    string({ description: "For the type ExternalName: the host name that this one stands for." }),
  ),
  externalTrafficPolicy: optional(
    string({
      description: "Local keeps traffic from outside on the node it came to.",
      enum: ["Cluster", "Local"],
    }),
  ),
  healthCheckNodePort: optional(
    integer({
      description: "Where load balancers ask for health when externalTrafficPolicy is Local.",
      ...nodePortNumber,
    }),
  ),
  internalTrafficPolicy: optional(
    string({ description: "Local keeps traffic from pods on their node.", enum: ["Cluster", "Local"] }),
  ),
  ipFamilies: optional(
    array(string({ enum: ["IPv4", "IPv6"] }), {
      description: "IP families in the order of clusterIPs.",
      maxItems: 2,
    }),
  ),
  ipFamilyPolicy: optional(
    string({
      description: "Whether the Service has an address of both IP families.",
      enum: ["SingleStack", "PreferDualStack", "RequireDualStack"],
    }),
  ),
  loadBalancerClass: optional(
    string({ ...qualifiedForm, description: "Which implementation of load balancers is meant." }),
  ),
  loadBalancerIP: optional(
    string({ description: "A wish for the address of the load balancer. Deprecated." }),
  ),
  loadBalancerSourceRanges: optional(
    array(string({ checks: [cidrBlock] }), { description: "CIDR blocks that may use the load balancer." }),
  ),
  ports: array(servicePort, {
    mapKeys: ["port", "protocol"],
    patchMergeKey: "port",
    description: "The ports that the Service offers.",
    default: [],
    checks: [distinctPorts],
  }),
  publishNotReadyAddresses: optional(
    boolean({ description: "Whether endpoints count before they are ready." }),
  ),
  selector: optional(
    map(string(labelValue), {
      keys: qualifiedName,
      atomic: true,
      description:
        "Labels of the pods that are meant. Without it, whoever made the Service writes the EndpointSlices.",
    }),
  ),
  sessionAffinity: string({
    description: "ClientIP sends the same client to the same endpoint.",
    enum: ["ClientIP", "None"],
    default: "None",
  }),
  sessionAffinityConfig: optional(described(sessionAffinityConfig, "How long that lasts.")),
  trafficDistribution: optional(
    string({
      description: "Which endpoints are preferred.",
      enum: ["PreferClose", "PreferSameZone", "PreferSameNode"],
    }),
  ),
  type: string({
    description:
      "How far the Service is visible: ClusterIP, NodePort, LoadBalancer, or ExternalName for a DNS alias.",
    enum: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"],
    default: "ClusterIP",
  }),
});

const serviceStatus = object({
  conditions: optional(array(condition, { mapKeys: ["type"], patchMergeKey: "type" })),
  loadBalancer: { ...loadBalancerStatus, default: {} },
});

const serviceSchema = topLevel(
  {
    metadata: metadata(dnsLabel),
    spec: {
      ...serviceSpec,
      description: "Which endpoints are meant, and how they are reached.",
      default: {},
    },
    status: {
      ...serviceStatus,
      description: "Addresses that load balancers gave.",
      default: { loadBalancer: {} },
    },
  },
  { description: "A stable name and address for a set of pods or other endpoints.", checks: [soundService] },
);

export type ServicePort = Infer<typeof servicePort>;

export interface Service extends Resource {
  readonly kind: "Service";
  readonly spec: Infer<typeof serviceSpec>;
}

function clusterIp(service: JsonObject): string {
  const spec = part(service, "spec");
  return orNone(texts(spec, "clusterIPs")[0] ?? text(spec, "clusterIP"));
}

function externalIp(service: JsonObject): string {
  const spec = part(service, "spec");
  const given = texts(spec, "externalIPs");
  switch (text(spec, "type")) {
    case "ExternalName":
      return text(spec, "externalName");
    case "LoadBalancer": {
      const all = [...loadBalancerAddresses(service), ...given];
      return all.length === 0 ? "<pending>" : all.join(",");
    }
    case "ClusterIP":
    case "NodePort":
      return orNone(given.join(","));
    default:
      return "<unknown>";
  }
}

function portsText(service: JsonObject): string {
  const list = parts(part(service, "spec"), "ports").map((one) => {
    const node = count(one, "nodePort");
    return `${count(one, "port")}${node > 0 ? `:${node}` : ""}/${text(one, "protocol")}`;
  });
  return orNone(list.join(","));
}

export const serviceKind = builtIn({
  kind: "Service",
  plural: "services",
  shortNames: ["svc"],
  categories: ["all"],
  schema: serviceSchema,
  status: true,
  selectable: [".spec.clusterIP", ".spec.type"],
  columns: [
    column("Type", "How far it is visible.", (service) => text(part(service, "spec"), "type")),
    column("Cluster-IP", "Address inside the cluster.", clusterIp),
    column("External-IP", "Addresses outside of it.", externalIp),
    column("Port(s)", "Ports, with node ports after a colon.", portsText),
    age,
    wideColumn("Selector", "Labels of its pods.", (service) => labelText(part(service, "spec", "selector"))),
  ],
});
