import { preciseHostname, portNumber } from "../schema/forms.ts";
import { union } from "./rule.ts";
import { integer, object, optional, string, type Infer } from "../schema/schema.ts";

/** Filters that send a request elsewhere: for the client to see (redirect) or not (rewrite). */
const pathModifier = object(
  {
    type: string({
      enum: ["ReplaceFullPath", "ReplacePrefixMatch"],
      description: "Whether the whole path is replaced, or the prefix that matched.",
    }),
    replaceFullPath: optional(
      string({ maxLength: 1024, description: "The new path. Goes with type ReplaceFullPath." }),
    ),
    replacePrefixMatch: optional(
      string({
        maxLength: 1024,
        description:
          "What stands in place of the matched prefix. Goes with type ReplacePrefixMatch, in rules with one match, of type PathPrefix.",
      }),
    ),
  },
  {
    description: "How the path changes; it stays as it is without this.",
    rules: union("type", { ReplaceFullPath: "replaceFullPath", ReplacePrefixMatch: "replacePrefixMatch" }),
  },
);
export type HTTPPathModifier = Infer<typeof pathModifier>;

export const requestRedirect = object(
  {
    scheme: optional(
      string({
        enum: ["http", "https"],
        description: "Scheme of the new location; that of the request when absent.",
      }),
    ),
    hostname: optional(
      string({
        ...preciseHostname,
        description: "Host of the new location; that of the request when absent.",
      }),
    ),
    path: optional(pathModifier),
    port: optional(
      integer({
        ...portNumber,
        description:
          "Port of the new location. When absent: that of the scheme if one is given, else the listener's.",
      }),
    ),
    statusCode: integer({
      enum: [301, 302, 303, 307, 308],
      default: 302,
      description: "Status of the answer.",
    }),
  },
  { description: "Answers with a redirect instead of asking a backend." },
);
export type HTTPRequestRedirect = Infer<typeof requestRedirect>;

export const urlRewrite = object(
  {
    hostname: optional(
      string({
        ...preciseHostname,
        description: "Host that the backend sees; that of the request when absent.",
      }),
    ),
    path: optional(pathModifier),
  },
  { description: "Changes the host and the path that the backend sees." },
);
export type HTTPURLRewrite = Infer<typeof urlRewrite>;
