import { fieldName, origin } from "./forms.ts";
import { HTTP_METHODS } from "./http-methods.ts";
import {
  array,
  boolean,
  integer,
  object,
  optional,
  string,
  type Infer,
  type Rule,
  type StringSchema,
} from "../schema/schema.ts";

/** Every value, or a list of values: a list with the wildcard beside others says two things. */
const loneWildcard: Rule = {
  rule: "size(self) < 2 || !('*' in self)",
  message: '"*" must stand alone: remove it, or the other entries',
};

function wildcardSet<Value extends string>(
  items: StringSchema<Value>,
  maxItems: number,
  description: string,
) {
  return optional(array(items, { set: true, maxItems, description, rules: [loneWildcard] }));
}

/** Which pages of other origins may use the backend from a browser (Fetch standard, CORS protocol). */
export const cors = object(
  {
    allowOrigins: wildcardSet(
      string(origin),
      64,
      "Origins of pages that may call, such as https://example.com or https://*.example.com; * for any.",
    ),
    allowCredentials: optional(
      boolean({
        description: "Whether browsers may send cookies and the like along; they may not without this.",
      }),
    ),
    allowMethods: wildcardSet(
      string({ enum: [...HTTP_METHODS, "*"] }),
      9,
      "Methods that pages may use besides the safe ones (GET, HEAD, POST); * for any.",
    ),
    allowHeaders: wildcardSet(
      string(fieldName),
      64,
      "Header fields that pages may send besides the safe ones; * for any.",
    ),
    exposeHeaders: optional(
      array(string(fieldName), {
        set: true,
        maxItems: 64,
        description: "Header fields of responses that pages may read besides the safe ones; * for any.",
      }),
    ),
    maxAge: integer({
      format: "int32",
      min: 1,
      default: 5,
      description: "Seconds for which browsers may remember the answer to a preflight request.",
    }),
  },
  { description: "Answers preflight requests, and tells browsers which pages of other origins may call." },
);

export type HTTPCORSFilter = Infer<typeof cors>;
