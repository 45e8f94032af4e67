import type { Resource } from "../resource.ts";
import { dnsLabel, dnsSubdomain, labelValue, portNumber } from "../schema/forms.ts";
import {
  array,
  boolean,
  type Check,
  type Infer,
  integer,
  map,
  object,
  optional,
  string,
} from "../schema/schema.ts";
import { age, column, parts, shortList, text, texts } from "./cells.ts";
import { immutable, isSpecial, isSubdomain, shown } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, filled, protocol } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { optionalLabel, qualifiedForm } from "./names.ts";
import { objectReference } from "./reference.ts";
import { isIP } from "node:net";

/** The label that ties a slice to its Service. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

const distinctNames: Check<readonly { readonly name: string }[]> = (ports, fail) => {
  ports.forEach(({ name }, index) => {
    if (ports.findIndex((other) => other.name === name) < index) {
      fail(`An earlier port has the name "${name}" too`, [index, "name"], "value", "FieldValueDuplicate");
    }
  });
};

interface Addresses {
  readonly addressType: "IPv4" | "IPv6" | "FQDN";
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
}

const soundAddresses: Check<Addresses> = ({ addressType, endpoints }, fail) => {
  endpoints.forEach(({ addresses }, index) =>
    addresses.forEach((address, place) => {
      const path = ["endpoints", index, "addresses", place];
      if (addressType === "FQDN") {
        if (!isSubdomain(address) || !address.includes("."))
          fail(`${shown(address)} is not a full host name`, path);
      } else if (isIP(address) !== (addressType === "IPv4" ? 4 : 6)) {
        fail(`${shown(address)} is not an ${addressType} address`, path);
      } else if (isSpecial(address)) {
        fail(`${address} cannot be an endpoint: it is unspecified, link-local or multicast`, path);
      }
    }),
  );
};

const endpointConditions = object({
  ready: optional(boolean({ description: "Whether it takes new traffic; unknown is to be read as true." })),
  serving: optional(boolean({ description: "Whether it answers, even if it is going away." })),
  terminating: optional(boolean({ description: "Whether it is going away." })),
});

const forNode = object({ name: string({ description: "Name of the node.", ...dnsSubdomain }) });

const forZone = object({ name: string({ description: "Name of the zone.", ...labelValue }) });

const endpointHints = object({
  forNodes: optional(array(forNode, { description: "Nodes that should use it.", maxItems: 8 })),
  forZones: optional(array(forZone, { description: "Zones that should use it.", maxItems: 8 })),
});

const endpoint = object(
  {
    addresses: array(filled, {
      set: true,
      description: "Addresses of the same endpoint; the first is used.",
      minItems: 1,
      maxItems: 100,
    }),
    conditions: { ...endpointConditions, description: "Whether the endpoint serves.", default: {} },
    deprecatedTopology: optional(
      map(string(), { description: "Labels of old versions.", maxProperties: 16 }),
    ),
    hints: optional(described(endpointHints, "Who should use it.")),
    hostname: optional(string({ description: "Its name below that of the Service.", ...dnsLabel })),
    nodeName: optional(string({ description: "The node it is on.", ...dnsSubdomain })),
    targetRef: optional(described(objectReference, "The object behind it, such as a Pod.")),
    zone: optional(string({ description: "The zone it is in." })),
  },
  { description: "An address that serves, and what is known of it." },
);

const slicePort = object(
  {
    appProtocol: optional(
      string({ ...qualifiedForm, description: "What is spoken, such as kubernetes.io/h2c." }),
    ),
    name: string({
      description: "The name of the Service's port; empty for the only one.",
      default: "",
      ...optionalLabel,
    }),
    port: optional(integer({ description: "Absent: any port.", ...portNumber })),
    protocol: described(protocol, "TCP unless said."),
  },
  { atomic: true },
);

const endpointSliceSchema = topLevel(
  {
    metadata: metadata(),
    addressType: string({
      description: "What the addresses are; it cannot be changed.",
      enum: ["IPv4", "IPv6", "FQDN"],
    }),
    endpoints: array(endpoint, { description: "Where the Service is served.", default: [], maxItems: 1000 }),
    ports: array(slicePort, {
      description: "Ports of every endpoint.",
      default: [],
      maxItems: 100,
      checks: [distinctNames],
    }),
  },
  { description: "Some of the endpoints of a Service.", checks: [soundAddresses, immutable("addressType")] },
);

export type Endpoint = Infer<typeof endpoint>;
type Body = Infer<typeof endpointSliceSchema>;

export interface EndpointSlice extends Resource {
  readonly kind: "EndpointSlice";
  readonly addressType: Body["addressType"];
  readonly endpoints: Body["endpoints"];
  readonly ports: Body["ports"];
}

export const endpointSliceKind = builtIn({
  kind: "EndpointSlice",
  group: "discovery.k8s.io",
  plural: "endpointslices",
  schema: endpointSliceSchema,
  columns: [
    column("AddressType", "What the addresses are.", (slice) => text(slice, "addressType")),
    column("Ports", "Ports of every endpoint.", (slice) =>
      shortList(
        parts(slice, "ports").map((one) =>
          one["port"] === undefined ? text(one, "name") || "*" : JSON.stringify(one["port"]),
        ),
        "<unset>",
      ),
    ),
    column("Endpoints", "Addresses.", (slice) =>
      shortList(
        parts(slice, "endpoints").flatMap((one) => texts(one, "addresses")),
        "<unset>",
      ),
    ),
    age,
  ],
});
