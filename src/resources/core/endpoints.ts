import type { JsonObject } from "../json.ts";
import { dnsLabel, dnsSubdomain } from "../schema/forms.ts";
import { array, type Check, object, optional, string } from "../schema/schema.ts";
import { age, column, count, parts, shortList, text } from "./cells.ts";
import { routableAddress } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { port, protocol } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { optionalLabel, qualifiedForm } from "./names.ts";
import { objectReference } from "./reference.ts";

interface Subset {
  readonly addresses?: readonly unknown[];
  readonly notReadyAddresses?: readonly unknown[];
  readonly ports?: readonly { readonly name?: string }[];
}

const someAddress: Check<Subset> = ({ addresses = [], notReadyAddresses = [] }, fail) => {
  if (addresses.length + notReadyAddresses.length === 0)
    fail("A subset needs addresses or notReadyAddresses", [], "value", "FieldValueRequired");
};

const namedPorts: Check<Subset> = ({ ports = [] }, fail) => {
  if (ports.length < 2) return;
  ports.forEach(({ name = "" }, index) => {
    if (name === "")
      fail("One of several ports needs a name", ["ports", index, "name"], "key", "FieldValueRequired");
  });
};

const endpointAddress = object(
  {
    hostname: optional(string(dnsLabel)),
    ip: string({ checks: [routableAddress] }),
    nodeName: optional(string(dnsSubdomain)),
    targetRef: optional(objectReference),
  },
  { atomic: true },
);

const endpointPort = object(
  {
    appProtocol: optional(string(qualifiedForm)),
    name: optional(string(optionalLabel)),
    port,
    protocol,
  },
  { atomic: true },
);

const endpointSubset = object(
  {
    addresses: optional(array(endpointAddress)),
    notReadyAddresses: optional(array(endpointAddress)),
    ports: optional(array(endpointPort)),
  },
  { checks: [someAddress, namedPorts] },
);

const endpointsSchema = topLevel(
  {
    metadata: metadata(),
    subsets: optional(array(endpointSubset, { description: "Addresses that share a set of ports." })),
  },
  { description: "Addresses of a Service, in the form that EndpointSlices replace." },
);

function endpointsText(endpoints: JsonObject): string {
  const subsets = parts(endpoints, "subsets");
  if (subsets.length === 0) return "<none>";
  const list = subsets.flatMap((subset) => {
    const addresses = parts(subset, "addresses").map((address) => text(address, "ip"));
    const ports = parts(subset, "ports");
    if (ports.length === 0) return addresses;
    return ports.flatMap((each) =>
      addresses.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${count(each, "port")}`),
    );
  });
  return shortList(list, "");
}

export const endpointsKind = builtIn({
  kind: "Endpoints",
  plural: "endpoints",
  shortNames: ["ep"],
  schema: endpointsSchema,
  deprecated: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  columns: [column("Endpoints", "Addresses and ports.", endpointsText), age],
});
