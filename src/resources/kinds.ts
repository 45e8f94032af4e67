import { configMapSchema } from "./config-map.ts";
import { endpointSliceSchema } from "./endpoint-slice.ts";
import { gatewayClassSchema } from "./gateway-class.ts";
import { gatewaySchema } from "./gateway.ts";
import { httpRouteSchema } from "./http-route.ts";
import { namespaceSchema } from "./namespace.ts";
import { referenceGrantSchema } from "./reference-grant.ts";
import { GATEWAY_GROUP } from "./reference.ts";
import type { ObjectSchema } from "./schema.ts";
import { secretSchema } from "./secret.ts";
import { serviceSchema } from "./service.ts";

/** A kind as an API server serves it. */
export interface Kind {
  readonly kind: string;
  /** `""` for the core group. */
  readonly group: string;
  /** All of one schema. */
  readonly versions: readonly string[];
  /** The `apiVersion` that objects are kept in, whatever version they were written in. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Of the whole object but for its status. */
  readonly schema: ObjectSchema;
}

const gatewayApi = { group: GATEWAY_GROUP, versions: ["v1", "v1beta1"], apiVersion: `${GATEWAY_GROUP}/v1` };
const core = { group: "", versions: ["v1"], apiVersion: "v1" };

export const kinds: readonly Kind[] = [
  {
    ...gatewayApi,
    kind: "GatewayClass",
    plural: "gatewayclasses",
    namespaced: false,
    schema: gatewayClassSchema,
  },
  { ...gatewayApi, kind: "Gateway", plural: "gateways", namespaced: true, schema: gatewaySchema },
  { ...gatewayApi, kind: "HTTPRoute", plural: "httproutes", namespaced: true, schema: httpRouteSchema },
  {
    ...gatewayApi,
    kind: "ReferenceGrant",
    apiVersion: `${GATEWAY_GROUP}/v1beta1`,
    plural: "referencegrants",
    namespaced: true,
    schema: referenceGrantSchema,
  },
  { ...core, kind: "Namespace", plural: "namespaces", namespaced: false, schema: namespaceSchema },
  { ...core, kind: "Service", plural: "services", namespaced: true, schema: serviceSchema },
  { ...core, kind: "Secret", plural: "secrets", namespaced: true, schema: secretSchema },
  { ...core, kind: "ConfigMap", plural: "configmaps", namespaced: true, schema: configMapSchema },
  {
    kind: "EndpointSlice",
    group: "discovery.k8s.io",
    versions: ["v1"],
    apiVersion: "discovery.k8s.io/v1",
    plural: "endpointslices",
    namespaced: true,
    schema: endpointSliceSchema,
  },
];

const served = new Map<string, Kind>();
for (const kind of kinds) {
  for (const version of kind.versions) {
    served.set(`${kind.group === "" ? version : `${kind.group}/${version}`} ${kind.kind}`, kind);
  }
}

/** The kind that an object of this `apiVersion` and `kind` belongs to, if it is served. */
export function findKind(apiVersion: string, kind: string): Kind | undefined {
  return served.get(`${apiVersion} ${kind}`);
}
