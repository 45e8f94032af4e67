import { AGE, deprecated, gatewayKind, version, whole } from "./definition.ts";
import { routeFields, routeStatus } from "./parents.ts";
import { alphaStreamRules, streamRules } from "./stream-rule.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { object, type Infer } from "../schema/schema.ts";

function specWith(rules: typeof streamRules) {
  return object({ ...routeFields, rules }, { description: "What the route does." });
}

function schema(rules: typeof streamRules) {
  const spec = specWith(rules);
  return whole("Leads UDP datagrams to backends.", spec, routeStatus);
}

export const udpRoute: Kind = gatewayKind({
  kind: "UDPRoute",
  plural: "udproutes",
  versions: [
    version("v1", schema(streamRules), [AGE]),
    deprecated("UDPRoute", version("v1alpha2", schema(alphaStreamRules), [AGE])),
  ],
});

export interface UDPRoute extends Resource {
  readonly kind: "UDPRoute";
  readonly spec: Infer<ReturnType<typeof specWith>>;
}
