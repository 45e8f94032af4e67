import { AGE, deprecated, gatewayKind, version, whole } from "./definition.ts";
import { routeFields, routeStatus } from "./parents.ts";
import { alphaStreamRules, streamRules } from "./stream-rule.ts";
import type { Kind } from "../kind.ts";
import { object } from "../schema/schema.ts";

function schema(rules: typeof streamRules) {
  const spec = object({ ...routeFields, rules }, { description: "What the route does." });
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
