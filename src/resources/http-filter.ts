import { externalAuth } from "./external-auth.ts";
import { fieldName, fieldValue, portNumber, preciseHostname } from "./forms.ts";
import { backendReference, localReference } from "./reference.ts";
import {
  array,
  boolean,
  integer,
  object,
  optional,
  string,
  type Check,
  type Infer,
  type StringSchema,
} from "./schema.ts";
import { union } from "./union.ts";

/** The filters of HTTPRoute rules and of their backends. */
export const HTTP_METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
] as const;

const fields = optional(
  array(object({ name: string(fieldName), value: string(fieldValue) }), { mapKeys: ["name"], maxItems: 16 }),
);

const headerModifier = object({
  set: fields,
  add: fields,
  remove: optional(array(string(), { set: true, maxItems: 16 })),
});
export type HTTPHeaderModifier = Infer<typeof headerModifier>;

const replacement = optional(string({ maxLength: 1024 }));

const pathModifier = object(
  {
    type: string({ enum: ["ReplaceFullPath", "ReplacePrefixMatch"] }),
    replaceFullPath: replacement,
    replacePrefixMatch: replacement,
  },
  {
    checks: [union("type", { ReplaceFullPath: "replaceFullPath", ReplacePrefixMatch: "replacePrefixMatch" })],
  },
);
export type HTTPPathModifier = Infer<typeof pathModifier>;

const requestRedirect = object({
  scheme: optional(string({ enum: ["http", "https"] })),
  hostname: optional(string(preciseHostname)),
  path: optional(pathModifier),
  port: optional(integer(portNumber)),
  statusCode: integer({ enum: [301, 302, 303, 307, 308], default: 302 }),
});
export type HTTPRequestRedirect = Infer<typeof requestRedirect>;

const urlRewrite = object({
  hostname: optional(string(preciseHostname)),
  path: optional(pathModifier),
});
export type HTTPURLRewrite = Infer<typeof urlRewrite>;

const fraction = object(
  {
    numerator: integer({ format: "int32", min: 0 }),
    denominator: integer({ format: "int32", min: 1, default: 100 }),
  },
  {
    checks: [
      ({ numerator, denominator }, fail) => {
        if (numerator > denominator) {
          fail(`The fraction ${numerator}/${denominator} is more than the whole`, ["numerator"]);
        }
      },
    ],
  },
);

const requestMirror = object(
  {
    backendRef: backendReference,
    percent: optional(integer({ format: "int32", min: 0, max: 100 })),
    fraction: optional(fraction),
  },
  {
    checks: [
      (mirror, fail) => {
        if (mirror.percent !== undefined && mirror.fraction !== undefined) {
          fail('Give either "percent" or "fraction", not both', ["fraction"], "key");
        }
      },
    ],
  },
);

/** Every value, or a list of values: a list with the wildcard beside others says two things. */
const loneWildcard: Check<readonly string[]> = (values, fail) => {
  if (values.length > 1 && values.includes("*")) {
    fail('"*" must stand alone: remove it, or the other entries', [values.indexOf("*")]);
  }
};

function wildcardSet<Value extends string>(items: StringSchema<Value>, maxItems: number) {
  return optional(array(items, { set: true, maxItems, checks: [loneWildcard] }));
}

const cors = object({
  allowOrigins: wildcardSet(
    string({
      pattern: "^\\*$|^https?:\\/\\/((\\*\\.)?([a-zA-Z0-9\\-]+\\.)*[a-zA-Z0-9\\-]+|\\*)(:[0-9]{1,5})?$",
      form: 'an origin: "*", or http or https, "://", a host that may start with "*." and an optional port',
      minLength: 1,
      maxLength: 253,
    }),
    64,
  ),
  allowCredentials: optional(boolean()),
  allowMethods: wildcardSet(string({ enum: [...HTTP_METHODS, "*"] }), 9),
  allowHeaders: wildcardSet(string(fieldName), 64),
  exposeHeaders: optional(array(string(fieldName), { set: true, maxItems: 64 })),
  maxAge: integer({ format: "int32", min: 1, default: 5 }),
});

const MEMBERS = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  ExtensionRef: "extensionRef",
  CORS: "cors",
  ExternalAuth: "externalAuth",
} as const;

const httpFilter = object(
  {
    type: string({
      enum: [
        "RequestHeaderModifier",
        "ResponseHeaderModifier",
        "RequestMirror",
        "RequestRedirect",
        "URLRewrite",
        "ExtensionRef",
        "CORS",
        "ExternalAuth",
      ],
    }),
    requestHeaderModifier: optional(headerModifier),
    responseHeaderModifier: optional(headerModifier),
    requestMirror: optional(requestMirror),
    requestRedirect: optional(requestRedirect),
    urlRewrite: optional(urlRewrite),
    extensionRef: optional(localReference),
    cors: optional(cors),
    externalAuth: optional(externalAuth),
  },
  { checks: [union("type", MEMBERS)] },
);
export type HTTPRouteFilter = Infer<typeof httpFilter>;

const SINGLE: ReadonlySet<string> = new Set([
  "CORS",
  "RequestHeaderModifier",
  "ResponseHeaderModifier",
  "RequestRedirect",
  "URLRewrite",
]);

const singleFilters: Check<readonly HTTPRouteFilter[]> = (filters, fail) => {
  const types = filters.map((filter) => filter.type as string);
  types.forEach((type, index) => {
    const first = types.indexOf(type);
    if (SINGLE.has(type) && first < index) {
      fail(`A filter of type ${type} is in the list already (entry ${first})`, [index, "type"]);
    }
  });
  const redirect = types.indexOf("RequestRedirect");
  const rewrite = types.indexOf("URLRewrite");
  if (redirect >= 0 && rewrite >= 0) {
    fail("RequestRedirect and URLRewrite exclude each other: choose one", [
      Math.max(redirect, rewrite),
      "type",
    ]);
  }
};

export const httpFilters = optional(array(httpFilter, { maxItems: 16, checks: [singleFilters] }));
