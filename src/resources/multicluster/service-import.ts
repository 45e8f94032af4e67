import { conditions } from "../gateway/condition.ts";
import { AGE, version, whole } from "../gateway/definition.ts";
import type { Column, Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { portNumber } from "../schema/forms.ts";
import { array, integer, object, optional, string, type Infer } from "../schema/schema.ts";

/** Services of several clusters (Multi-Cluster Services API, v0.5.2 of its CRDs). */
export const MULTICLUSTER_GROUP = "multicluster.x-k8s.io";

/** On EndpointSlices: the ServiceImport that they are of. */
export const SERVICE_IMPORT_LABEL = "multicluster.kubernetes.io/service-name";

const port = object(
  {
    name: optional(string({ description: "Name of the port." })),
    protocol: optional(string({ description: "Transport protocol; TCP when absent." })),
    appProtocol: optional(string({ description: "What is spoken on the port, as in a Service." })),
    port: integer({ ...portNumber, format: "int32", description: "Number of the port." }),
  },
  { description: "A port of the Service." },
);

const spec = object(
  {
    ports: array(port, { description: "Ports of the Service." }),
    ips: optional(
      array(string(), { maxItems: 2, description: "Addresses that stand for all of its endpoints." }),
    ),
    type: string({
      enum: ["ClusterSetIP", "Headless"],
      description: "Whether it has such addresses.",
    }),
    sessionAffinity: optional(string({ description: "As in a Service." })),
    sessionAffinityConfig: optional(
      object(
        {
          clientIP: optional(
            object(
              {
                timeoutSeconds: optional(
                  integer({ format: "int32", description: "Seconds that a client stays with an endpoint." }),
                ),
              },
              { description: "Affinity by the address of the client." },
            ),
          ),
        },
        { description: "As in a Service." },
      ),
    ),
    ipFamilies: optional(
      array(string({ description: "IPv4 or IPv6." }), { maxItems: 2, description: "As in a Service." }),
    ),
    internalTrafficPolicy: optional(string({ description: "As in a Service." })),
    trafficDistribution: optional(string({ description: "As in a Service." })),
  },
  { description: "The Service as the clusters that export it agree on it." },
);

const clusters = optional(
  array(
    object(
      { cluster: string({ description: "Name of the cluster." }) },
      { description: "A cluster that exports the Service." },
    ),
    { mapKeys: ["cluster"], description: "The clusters that export the Service." },
  ),
);

const status = object(
  {
    clusters,
    conditions: optional(conditions({ description: "What the controllers say of the import." })),
    endpointSliceObjects: optional(
      string({ enum: ["Present", "Absent"], description: "Whether there are EndpointSlices of it." }),
    ),
  },
  { description: "What became of the import." },
);

const schema = whole("A Service of several clusters, as one of them sees it.", spec, optional(status));

const columns: readonly Column[] = [
  { name: "Type", type: "string", path: ".spec.type", description: "Whether it has an address." },
  { name: "IP", type: "string", path: ".spec.ips", description: "Its addresses." },
  AGE,
];

export const serviceImport: Kind = {
  kind: "ServiceImport",
  listKind: "ServiceImportList",
  group: MULTICLUSTER_GROUP,
  plural: "serviceimports",
  singular: "serviceimport",
  shortNames: ["svcim", "svcimport"],
  categories: [],
  namespaced: true,
  versions: [version("v1beta1", schema, columns), version("v1alpha1", schema, columns)],
  storageVersion: "v1beta1",
  crd: { annotations: {}, labels: { "multicluster.x-k8s.io/release-version": "v0.5.2" } },
};

export interface ServiceImport extends Resource {
  readonly kind: "ServiceImport";
  readonly spec: Infer<typeof spec>;
}
