import type { JsonObject } from "../json.ts";
import { dnsLabel, dnsSubdomain, portNumber } from "../schema/forms.ts";
import { array, type Check, integer, object, optional, string } from "../schema/schema.ts";
import { age, column, part, parts, text } from "./cells.ts";
import { exactlyOne, ipAddress, wildcardHost } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, optionalInt32, optionalString, protocol } from "./fields.ts";
import { loadBalancerAddresses } from "./load-balancer.ts";
import { metadata } from "./metadata.ts";
import { portName } from "./names.ts";
import { typedLocalObjectReference } from "./reference.ts";
import { isIP } from "node:net";

const ingressHost: Check<string> = (value, fail) => {
  if (value === "") return;
  if (isIP(value) === 0) wildcardHost(value, fail);
  else fail("Must be a host name, not an address");
};

interface PathRule {
  readonly path?: string;
  readonly pathType: string;
}

/** What a path may not hold when it is compared as it is: it would mean another path. */
const UNCLEAN = ["//", "/./", "/../", "%2f", "%2F"];
const UNCLEAN_END = ["/..", "/."];

const soundPath: Check<PathRule> = ({ path = "", pathType }, fail) => {
  const literal = pathType !== "ImplementationSpecific";
  if ((literal || path !== "") && !path.startsWith("/")) fail('Path must start with "/"', ["path"]);
  if (!literal) return;
  for (const one of UNCLEAN) if (path.includes(one)) fail(`Path must not contain "${one}"`, ["path"]);
  for (const one of UNCLEAN_END) if (path.endsWith(one)) fail(`Path must not end with "${one}"`, ["path"]);
};

const rulesOrBackend: Check<{ readonly rules?: readonly unknown[]; readonly defaultBackend?: unknown }> = (
  spec,
  fail,
) => {
  if ((spec.rules ?? []).length === 0 && spec.defaultBackend === undefined)
    fail("Needs rules or a defaultBackend", [], "value", "FieldValueRequired");
};

const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

interface Classes {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly ingressClassName?: string };
}

const soundIngress: Check<Classes> = ({ metadata: { annotations = {} }, spec }, fail) => {
  const old = annotations[CLASS_ANNOTATION];
  if (old !== undefined && spec.ingressClassName !== undefined && old !== spec.ingressClassName) {
    fail("Must be the same as spec.ingressClassName", ["metadata", "annotations", CLASS_ANNOTATION]);
  }
};

const backendPort = object(
  {
    name: optional(string({ description: "Name of the port.", ...portName })),
    number: optional(integer({ description: "Number of the port.", ...portNumber })),
  },
  { atomic: true, description: "A port of a Service.", checks: [exactlyOne("name", "number")] },
);

const ingressServiceBackend = object({
  name: string({ description: "Name of the Service.", ...dnsLabel }),
  port: described(backendPort, "Its port."),
});

const ingressBackend = object(
  {
    resource: optional(described(typedLocalObjectReference, "An object of the same namespace.")),
    service: optional(described(ingressServiceBackend, "A Service of the same namespace.")),
  },
  { description: "A Service, or another object.", checks: [exactlyOne("resource", "service")] },
);

const httpIngressPath = object(
  {
    backend: described(ingressBackend, "Where requests go."),
    path: optional(string({ description: 'Starts with "/".' })),
    pathType: string({
      description: "Prefix compares whole segments.",
      enum: ["Exact", "Prefix", "ImplementationSpecific"],
    }),
  },
  { description: "A path and where its requests go.", checks: [soundPath] },
);

const httpIngressRuleValue = object({
  paths: array(httpIngressPath, { description: "The longest path that fits wins.", minItems: 1 }),
});

const ingressRule = object({
  host: optional(
    string({
      description: "The host, or a wildcard such as *.example.com; absent for all hosts.",
      checks: [ingressHost],
    }),
  ),
  http: optional(described(httpIngressRuleValue, "Paths of the host.")),
});

const ingressTLS = object({
  hosts: optional(array(string({ checks: [wildcardHost] }), { description: "Hosts of the certificate." })),
  secretName: optional(
    string({ description: "Name of a Secret of the type kubernetes.io/tls.", ...dnsSubdomain }),
  ),
});

const ingressSpec = object(
  {
    defaultBackend: optional(described(ingressBackend, "Where requests go that no rule takes.")),
    ingressClassName: optional(
      string({ description: "Who serves it: the name of an IngressClass.", ...dnsSubdomain }),
    ),
    rules: optional(array(ingressRule, { description: "Hosts and paths." })),
    tls: optional(array(ingressTLS, { description: "Certificates by host." })),
  },
  { checks: [rulesOrBackend] },
);

const ingressPortStatus = object({
  error: optionalString,
  port: optionalInt32,
  protocol: optional(protocol),
});

const ingressLoadBalancerIngress = object({
  hostname: optional(string({ description: "Host name." })),
  ip: optional(string({ description: "Address.", checks: [ipAddress] })),
  ports: optional(array(ingressPortStatus, { description: "Ports and their faults." })),
});

const ingressLoadBalancerStatus = object({
  ingress: optional(array(ingressLoadBalancerIngress, { description: "Addresses of the load balancer." })),
});

const ingressStatus = object({ loadBalancer: { ...ingressLoadBalancerStatus, default: {} } });

const ingressSchema = topLevel(
  {
    metadata: metadata(),
    spec: { ...ingressSpec, description: "Hosts and paths, and where their requests go.", default: {} },
    status: {
      ...ingressStatus,
      description: "Addresses of the load balancer.",
      default: { loadBalancer: {} },
    },
  },
  {
    description: "HTTP routes to Services, in the form that the Gateway API replaces.",
    checks: [soundIngress],
  },
);

function hosts(ingress: JsonObject): string {
  const rules = parts(part(ingress, "spec"), "rules");
  const named: string[] = [];
  for (const rule of rules) {
    if (named.length === SHOWN_HOSTS) return `${named.join(",")} + ${rules.length - SHOWN_HOSTS} more...`;
    if (text(rule, "host") !== "") named.push(text(rule, "host"));
  }
  return named.length === 0 ? "*" : named.join(",");
}

const SHOWN_HOSTS = 3;

export const ingressKind = builtIn({
  kind: "Ingress",
  group: "networking.k8s.io",
  plural: "ingresses",
  shortNames: ["ing"],
  schema: ingressSchema,
  status: true,
  columns: [
    column("Class", "Who serves it.", (ingress) => {
      const name = part(ingress, "spec")["ingressClassName"];
      return typeof name === "string" ? name : "<none>";
    }),
    column("Hosts", "Hosts of its rules.", hosts),
    column("Address", "Where it is served.", (ingress) => loadBalancerAddresses(ingress).join(",")),
    column("Ports", "80, and 443 where it has certificates.", (ingress) =>
      parts(part(ingress, "spec"), "tls").length > 0 ? "80, 443" : "80",
    ),
    age,
  ],
});
