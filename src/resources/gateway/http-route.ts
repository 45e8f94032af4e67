import { duration, dnsSubdomain, hostname } from "../schema/forms.ts";
import { AGE, gatewayKind, version, whole } from "./definition.ts";
import { httpFilters } from "./http-filter.ts";
import { ANY_PATH, match } from "./http-match.ts";
import { routeFields, routeStatus } from "./parents.ts";
import { backendPort, weightedFields } from "./reference.ts";
import { described } from "./described.ts";
import { distinctRuleNames, matchCount } from "./rule.ts";
import { sessionPersistence } from "./session-persistence.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, integer, object, optional, string, type Infer, type Rule } from "../schema/schema.ts";

export type { HTTPPathMatch, HTTPRouteMatch } from "./http-match.ts";

const backend = object(
  {
    ...weightedFields,
    filters: httpFilters,
  },
  { description: "A backend with its share of the requests.", rules: backendPort },
);
export type HTTPBackendRef = Infer<typeof backend>;

const timeouts = object(
  {
    request: optional(
      string({
        ...duration,
        description: "From the request to the end of its response, all attempts included; 0s for no limit.",
      }),
    ),
    backendRequest: optional(
      string({ ...duration, description: "For one attempt at a backend; at most as long as request." }),
    ),
  },
  {
    description: "How long requests may take; late ones are answered with 504.",
    rules: [
      {
        rule: "!has(self.request) || !has(self.backendRequest) || duration(self.request) == duration('0s') || duration(self.backendRequest) <= duration(self.request)",
        messageExpression:
          "'backendRequest (' + self.backendRequest + ') is longer than request (' + self.request + ')'",
        fieldPath: ".backendRequest",
      },
    ],
  },
);

const retry = object(
  {
    codes: optional(
      array(integer({ min: 400, max: 599 }), {
        set: true,
        description: "Statuses of a backend's response after which the request is tried again.",
      }),
    ),
    attempts: integer({
      min: 0,
      default: 1,
      description: "How often a request is tried again at most; 0 for never.",
    }),
    backoff: optional(
      string({ ...duration, description: "Time between attempts, to which implementations may add jitter." }),
    ),
  },
  {
    description:
      "When requests are tried again: those that no backend has processed, and those answered with one of the codes.",
  },
);

/** The one match that replacePrefixMatch works with: it says which prefix is replaced. */
const ONE_PREFIX = "(size(self.matches) == 1 && self.matches[0].path.type == 'PathPrefix')";

function replacesPrefix(member: string): string {
  return `has(f.${member}) && has(f.${member}.path) && f.${member}.path.type == 'ReplacePrefixMatch'`;
}

/** The API looks at backends only when exactly one of them replaces the prefix: so do these rules. */
const prefixReplaceable: readonly Rule[] = ["requestRedirect", "urlRewrite"].flatMap((member) => {
  const message = `ReplacePrefixMatch in ${member} needs exactly one match in the rule, of type PathPrefix`;
  return [
    {
      rule: `${ONE_PREFIX} || !has(self.filters) || !self.filters.exists(f, ${replacesPrefix(member)})`,
      message,
      fieldPath: ".filters",
    },
    {
      rule: `${ONE_PREFIX} || !has(self.backendRefs) || !self.backendRefs.exists_one(b, has(b.filters) && b.filters.exists(f, ${replacesPrefix(member)}))`,
      message,
      fieldPath: ".backendRefs",
    },
  ];
});

const redirectAlone: Rule = {
  rule: "!has(self.filters) || !has(self.backendRefs) || size(self.backendRefs) == 0 || !self.filters.exists(f, has(f.requestRedirect))",
  message: "A rule that redirects has nothing left for its backendRefs: remove one of them",
  fieldPath: ".filters",
};

const rule = object(
  {
    name: optional(
      string({
        ...dnsSubdomain,
        description: "Name of the rule, once in the route, for others to refer to.",
      }),
    ),
    matches: array(match, {
      maxItems: 64,
      default: [{ path: ANY_PATH }],
      description: "The rule takes a request when one of these holds; all requests when absent.",
    }),
    filters: httpFilters,
    backendRefs: optional(
      array(backend, {
        maxItems: 16,
        description: "Where requests go, by weight. A share that cannot be served is answered with 500.",
      }),
    ),
    timeouts: optional(timeouts),
    retry: optional(retry),
    sessionPersistence: optional(
      described(
        "Deprecated here: an XBackend is the place for it. Keeps sessions on one endpoint.",
        sessionPersistence,
      ),
    ),
  },
  {
    description: "What happens to requests that match.",
    rules: [redirectAlone, ...prefixReplaceable],
  },
);
export type HTTPRouteRule = Infer<typeof rule>;

const spec = object(
  {
    ...routeFields,
    hostnames: optional(
      array(string(hostname), {
        maxItems: 16,
        description:
          "Host names that the route takes requests for, *.example.com for all below example.com; those of its listeners when absent.",
      }),
    ),
    rules: array(rule, {
      minItems: 1,
      maxItems: 16,
      default: [{ matches: [{ path: ANY_PATH }] }],
      description: "What happens to requests; the most specific match wins, whatever the order.",
      rules: [distinctRuleNames, matchCount("size(r.matches)")],
    }),
  },
  { description: "What the route does." },
);

const schema = whole("Leads HTTP requests to backends.", spec, routeStatus);

const columns = [{ name: "Hostnames", type: "string", path: ".spec.hostnames" }, AGE] as const;

export const httpRoute: Kind = gatewayKind({
  kind: "HTTPRoute",
  plural: "httproutes",
  versions: [version("v1", schema, columns), version("v1beta1", schema, columns)],
});

export interface HTTPRoute extends Resource {
  readonly kind: "HTTPRoute";
  readonly spec: Infer<typeof spec>;
}
