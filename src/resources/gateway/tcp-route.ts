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

export interface TCPRoute extends Resource {
  readonly kind: "TCPRoute";
  readonly spec: Infer<ReturnType<typeof specWith>>;
}
