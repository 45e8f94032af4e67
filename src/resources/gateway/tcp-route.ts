import { AGE, deprecated, gatewayKind, version, whole } from "./definition.ts";
import { routeFields, routeStatus } from "./parents.ts";
import { alphaStreamRules, streamRules } from "./stream-rule.ts";
import type { Kind } from "../kind.ts";
import { object } from "../schema/schema.ts";

function schema(rules: typeof streamRules) {
  const spec = object({ ...routeFields, rules }, { description: "What the route does." });
  return whole("Leads TCP connections to backends.", spec, routeStatus);
}

export const tcpRoute: Kind = gatewayKind({
  kind: "TCPRoute",
  plural: "tcproutes",
  versions: [
    version("v1", schema(streamRules), [AGE]),
    deprecated("TCPRoute", version("v1alpha2", schema(alphaStreamRules), [AGE])),
  ],
});
