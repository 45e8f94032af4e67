import { cors } from "./cors.ts";
import { externalAuth } from "./external-auth.ts";
import { headerModifier } from "./header.ts";
import { requestMirror } from "./mirror.ts";
import { requestRedirect, urlRewrite } from "./path-modifier.ts";
import { localReference } from "./reference.ts";
import { described } from "./described.ts";
import { union } from "./rule.ts";
import { array, object, optional, string, type Infer, type Rule } from "../schema/schema.ts";

export type { HTTPHeaderModifier } from "./header.ts";
export type { HTTPPathModifier, HTTPRequestRedirect, HTTPURLRewrite } from "./path-modifier.ts";

/** The filters of HTTPRoute rules and of their backends. */
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
      description: "What the filter does; the field of the same name says how.",
    }),
    requestHeaderModifier: optional(described("Edits header fields of requests.", headerModifier)),
    responseHeaderModifier: optional(described("Edits header fields of responses.", headerModifier)),
    requestMirror: optional(requestMirror),
    requestRedirect: optional(requestRedirect),
    urlRewrite: optional(urlRewrite),
    extensionRef: optional(
      described("A filter that the implementation defines, in the namespace of the route.", localReference),
    ),
    cors: optional(cors),
    externalAuth: optional(externalAuth),
  },
  {
    description: "A step that requests and responses go through.",
    rules: union("type", {
      RequestHeaderModifier: "requestHeaderModifier",
      ResponseHeaderModifier: "responseHeaderModifier",
      RequestMirror: "requestMirror",
      RequestRedirect: "requestRedirect",
      URLRewrite: "urlRewrite",
      ExtensionRef: "extensionRef",
      CORS: "cors",
      ExternalAuth: "externalAuth",
    }),
  },
);
export type HTTPRouteFilter = Infer<typeof httpFilter>;

/** Filters of one of these types stand in a list once. */
export function singleFilters(...types: readonly string[]): Rule {
  const list = `[${types.map((type) => `'${type}'`).join(", ")}]`;
  const repeated = "self.filter(f, f.type == t).size() > 1";
  return {
    rule: `size(self) < 2 || !${list}.exists(t, ${repeated})`,
    messageExpression: `'More than one filter of type ' + ${list}.filter(t, ${repeated}).join(', ') + ': a list may have one of each'`,
  };
}

export const httpFilters = optional(
  array(httpFilter, {
    maxItems: 16,
    description: "Steps that requests and responses go through, in this order.",
    rules: [
      singleFilters(
        "CORS",
        "RequestHeaderModifier",
        "ResponseHeaderModifier",
        "RequestRedirect",
        "URLRewrite",
      ),
      {
        rule: "size(self) < 2 || !self.exists(f, f.type == 'RequestRedirect') || !self.exists(f, f.type == 'URLRewrite')",
        message: "RequestRedirect and URLRewrite exclude each other: choose one",
      },
    ],
  }),
);
