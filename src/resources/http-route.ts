import { duration, dnsSubdomain, fieldName, fieldValue, hostname, urlPath } from "./forms.ts";
import { HTTP_METHODS, httpFilters, type HTTPRouteFilter } from "./http-filter.ts";
import { metadata } from "./metadata.ts";
import { milliseconds } from "./duration.ts";
import { parentReferences } from "./parents.ts";
import { backendFields, backendPort } from "./reference.ts";
import type { Resource } from "./resource.ts";
import { array, integer, object, optional, string, type Check, type Infer } from "./schema.ts";
import { union } from "./union.ts";

const ANY_PATH = { type: "PathPrefix", value: "/" };

/** What a literal path must not contain: the data plane compares normalised paths, which never have these. */
const NEVER_IN_PATH = ["//", "/./", "/../", "%2f", "%2F", "#"];
const NEVER_AT_END = ["/..", "/."];

const path = object(
  {
    type: string({ enum: ["Exact", "PathPrefix", "RegularExpression"], default: "PathPrefix" }),
    value: string({ maxLength: 1024, default: "/" }),
  },
  {
    default: ANY_PATH,
    checks: [
      ({ type, value }, fail) => {
        if (type === "RegularExpression") return;
        const wrong = (message: string) => fail(`A path of type ${type} ${message}`, ["value"]);
        if (!value.startsWith("/")) wrong('must start with "/"');
        for (const part of NEVER_IN_PATH) {
          if (value.includes(part)) wrong(`must not contain "${part}"`);
        }
        for (const part of NEVER_AT_END) {
          if (value.endsWith(part)) wrong(`must not end with "${part}"`);
        }
        if (!value.includes("#") && !URL_PATH.test(value)) wrong(`must be ${urlPath.form}`);
      },
    ],
  },
);
const URL_PATH = new RegExp(urlPath.pattern);
export type HTTPPathMatch = Infer<typeof path>;

const valueMatchType = string({ enum: ["Exact", "RegularExpression"], default: "Exact" });

const match = object({
  path,
  headers: optional(
    array(object({ type: valueMatchType, name: string(fieldName), value: string(fieldValue) }), {
      mapKeys: ["name"],
      maxItems: 16,
    }),
  ),
  queryParams: optional(
    array(
      object({
        type: valueMatchType,
        name: string(fieldName),
        value: string({ minLength: 1, maxLength: 1024 }),
      }),
      { mapKeys: ["name"], maxItems: 16 },
    ),
  ),
  method: optional(string({ enum: HTTP_METHODS })),
});
export type HTTPRouteMatch = Infer<typeof match>;

const backend = object(
  {
    ...backendFields,
    weight: integer({ format: "int32", min: 0, max: 1_000_000, default: 1 }),
    filters: httpFilters,
  },
  { checks: [backendPort] },
);
export type HTTPBackendRef = Infer<typeof backend>;

const timeouts = object(
  { request: optional(string(duration)), backendRequest: optional(string(duration)) },
  {
    checks: [
      ({ request, backendRequest }, fail) => {
        if (request === undefined || backendRequest === undefined) return;
        const whole = milliseconds(request);
        if (whole > 0 && milliseconds(backendRequest) > whole) {
          fail(`backendRequest (${backendRequest}) is longer than request (${request})`, ["backendRequest"]);
        }
      },
    ],
  },
);

const retry = object({
  codes: optional(array(integer({ min: 400, max: 599 }), { set: true })),
  attempts: integer({ min: 0, default: 1 }),
  backoff: optional(string(duration)),
});

const sessionPersistence = object(
  {
    type: string({ enum: ["Cookie", "Header"], default: "Cookie" }),
    absoluteTimeout: optional(string(duration)),
    cookie: optional(
      object({
        name: optional(string(fieldName)),
        path: string({ maxLength: 1024, default: "/" }),
        lifetimeType: string({ enum: ["Permanent", "Session"], default: "Session" }),
      }),
    ),
    header: optional(object({ name: string(fieldName) })),
  },
  {
    checks: [
      union("type", { Cookie: "cookie", Header: "header" }),
      ({ cookie, absoluteTimeout }, fail) => {
        if (cookie?.lifetimeType === "Permanent" && absoluteTimeout === undefined) {
          fail("A Permanent cookie needs an absoluteTimeout", ["cookie", "lifetimeType"]);
        }
      },
    ],
  },
);

const ruleFields = object({
  name: optional(string(dnsSubdomain)),
  matches: array(match, { maxItems: 64, default: [{ path: ANY_PATH }] }),
  filters: httpFilters,
  backendRefs: optional(array(backend, { maxItems: 16 })),
  timeouts: optional(timeouts),
  retry: optional(retry),
  sessionPersistence: optional(sessionPersistence),
});
export type HTTPRouteRule = Infer<typeof ruleFields>;

const redirectAlone: Check<HTTPRouteRule> = (rule, fail) => {
  if (rule.backendRefs === undefined || rule.backendRefs.length === 0) return;
  const index = (rule.filters ?? []).findIndex((filter) => filter.type === "RequestRedirect");
  if (index >= 0) {
    fail("A rule that redirects has nothing left for its backendRefs: remove one of them", [
      "filters",
      index,
    ]);
  }
};

const prefixReplaceable: Check<HTTPRouteRule> = ({ matches, filters = [], backendRefs = [] }, fail) => {
  if (matches.length === 1 && matches[0]!.path.type === "PathPrefix") return;
  const look = (list: readonly HTTPRouteFilter[], at: readonly (string | number)[]) =>
    list.forEach((filter, index) => {
      for (const member of ["requestRedirect", "urlRewrite"] as const) {
        if (filter[member]?.path?.type !== "ReplacePrefixMatch") continue;
        const message = "ReplacePrefixMatch needs exactly one match in the rule, of type PathPrefix";
        fail(message, [...at, index, member, "path", "type"]);
      }
    });
  look(filters, ["filters"]);
  backendRefs.forEach((backendRef, index) =>
    look(backendRef.filters ?? [], ["backendRefs", index, "filters"]),
  );
};

const rule: typeof ruleFields = { ...ruleFields, checks: [redirectAlone, prefixReplaceable] };

/** The API's limit on all matches of one route together. */
const MAX_MATCHES = 128;

const ruleNames: Check<readonly HTTPRouteRule[]> = (rules, fail) => {
  const names = rules.map((each) => each.name);
  names.forEach((name, index) => {
    if (name !== undefined && names.indexOf(name) < index) {
      fail(`Rule name "${name}" is taken by an earlier rule`, [index, "name"]);
    }
  });
};

const matchCount: Check<readonly HTTPRouteRule[]> = (rules, fail) => {
  const count = rules.reduce((sum, each) => sum + each.matches.length, 0);
  if (count > MAX_MATCHES) fail(`Too many matches in all rules together: ${count}, at most ${MAX_MATCHES}`);
};

const spec = object({
  parentRefs: parentReferences,
  useDefaultGateways: optional(string({ enum: ["All", "None"] })),
  hostnames: optional(array(string(hostname), { maxItems: 16 })),
  rules: array(rule, {
    minItems: 1,
    maxItems: 16,
    default: [{ matches: [{ path: ANY_PATH }] }],
    checks: [ruleNames, matchCount],
  }),
});

export const httpRouteSchema = object({ apiVersion: string(), kind: string(), metadata: metadata(), spec });

export interface HTTPRoute extends Resource {
  readonly kind: "HTTPRoute";
  readonly spec: Infer<typeof spec>;
}
