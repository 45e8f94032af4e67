import { hostname } from "../schema/forms.ts";
import { AGE, deprecated, gatewayKind, version, whole } from "./definition.ts";
import { routeFields, routeStatus } from "./parents.ts";
import { alphaStreamRules, streamRules } from "./stream-rule.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, object, optional, string, type Infer } from "../schema/schema.ts";

const MAX_HOSTNAMES = 1024;

/** RFC 6066 §3: the name that a client asks for in its TLS handshake (SNI) is never an address. */
const hostnames = array(
  string({
    ...hostname,
    rules: [{ rule: "!isIP(self)", message: "Clients name hosts, not IP addresses, in TLS" }],
  }),
  {
    minItems: 1,
    maxItems: MAX_HOSTNAMES,
    description:
      "Names that clients ask for in the TLS handshake (SNI), *.example.com for all below example.com. The most specific one wins.",
  },
);

const spec = object(
  { ...routeFields, hostnames, rules: streamRules },
  { description: "What the route does." },
);

const alphaSpec = object(
  {
    ...routeFields,
    hostnames: optional(
      array(string(hostname), {
        maxItems: MAX_HOSTNAMES,
        description:
          "Names that clients ask for in the TLS handshake (SNI); those of its listeners when absent.",
      }),
    ),
    rules: alphaStreamRules,
  },
  { description: "What the route does." },
);

const about = "Leads TLS connections to backends by the host name that the client asks for.";
const schema = whole(about, spec, routeStatus);

export const tlsRoute: Kind = gatewayKind({
  kind: "TLSRoute",
  plural: "tlsroutes",
  versions: [
    version("v1", schema, [AGE]),
    deprecated("TLSRoute", version("v1alpha2", whole(about, alphaSpec, routeStatus), [AGE])),
    deprecated("TLSRoute", version("v1alpha3", schema, [AGE])),
  ],
});

export interface TLSRoute extends Resource {
  readonly kind: "TLSRoute";
  /** As the versions together have it: hostnames may be absent, and rules several, in those of v1alpha2. */
  readonly spec: Infer<typeof alphaSpec>;
}
