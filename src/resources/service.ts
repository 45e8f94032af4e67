import { dnsLabel, portNumber } from "./forms.ts";
import { metadata } from "./metadata.ts";
import type { Resource } from "./resource.ts";
import {
  array,
  integer,
  intOrString,
  map,
  open,
  optional,
  string,
  type Check,
  type Infer,
} from "./schema.ts";

/** The parts of a Service that a gateway needs; the others are kept as they are. */
const port = open({
  name: optional(string(dnsLabel)),
  port: integer(portNumber),
  /** Number, or name of a container port; the same as `port` when absent. */
  targetPort: optional(intOrString()),
  protocol: string({ enum: ["TCP", "UDP", "SCTP"], default: "TCP" }),
  appProtocol: optional(string()),
});
export type ServicePort = Infer<typeof port>;

const distinctPorts: Check<readonly ServicePort[]> = (ports, fail) => {
  const names = ports.map((each) => each.name);
  names.forEach((name, index) => {
    if (name === undefined && ports.length > 1) {
      fail("A Service with several ports must name each of them", [index, "name"], "key");
    } else if (name !== undefined && names.indexOf(name) < index) {
      fail(`Port name "${name}" is taken by an earlier port`, [index, "name"]);
    }
  });
};

const spec = open({
  type: string({ enum: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], default: "ClusterIP" }),
  clusterIP: optional(string()),
  externalName: optional(string()),
  selector: optional(map(string())),
  ports: array(port, { mapKeys: ["port", "protocol"], default: [], checks: [distinctPorts] }),
});

export const serviceSchema = open({
  apiVersion: string(),
  kind: string(),
  metadata: metadata(dnsLabel),
  spec,
});

export interface Service extends Resource {
  readonly kind: "Service";
  readonly spec: Infer<typeof spec>;
}
