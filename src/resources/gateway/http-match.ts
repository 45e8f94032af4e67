import { urlPath } from "../schema/forms.ts";
import { fieldName, fieldValue } from "./forms.ts";
import { HTTP_METHODS } from "./http-methods.ts";
import { literal } from "./rule.ts";
import { array, object, optional, string, type Infer, type Rule } from "../schema/schema.ts";

/** Which requests a rule of an HTTPRoute takes. */
export const ANY_PATH = { type: "PathPrefix", value: "/" };

/** What a literal path must not contain: the data plane compares normalised paths, which never have these. */
const NEVER_IN_PATH = ["//", "/./", "/../", "%2f", "%2F", "#"];
const NEVER_AT_END = ["/..", "/."];

/** What each literal path must be, with words for one that is not. */
const literalPath: readonly (readonly [condition: string, wrong: string])[] = [
  ["self.value.startsWith('/')", 'must start with "/"'],
  ...NEVER_IN_PATH.map((part) => [`!self.value.contains('${part}')`, `must not contain "${part}"`] as const),
  ...NEVER_AT_END.map((part) => [`!self.value.endsWith('${part}')`, `must not end with "${part}"`] as const),
  [`self.value.matches(${literal(urlPath.pattern)})`, `must be ${urlPath.form}`],
];

const pathValue: Rule = {
  rule: `self.type == 'RegularExpression' || (${literalPath.map(([condition]) => condition).join(" && ")})`,
  message: `A path must start with "/" and be normalised, as ${urlPath.form}, unless it is a RegularExpression`,
  messageExpression: `'A path of type ' + self.type + ' ' + (${literalPath
    .slice(0, -1)
    .map(([condition, wrong]) => `!(${condition}) ? ${literal(wrong)} : `)
    .join("")}${literal(literalPath.at(-1)![1])})`,
  fieldPath: ".value",
};

const path = object(
  {
    type: string({
      enum: ["Exact", "PathPrefix", "RegularExpression"],
      default: "PathPrefix",
      description:
        "How the path is compared: whole, by its first elements, or with a regular expression of the implementation's dialect.",
    }),
    value: string({ maxLength: 1024, default: "/", description: "What the path is compared with." }),
  },
  {
    default: ANY_PATH,
    description: "Requests whose path matches; all of them without this.",
    rules: [pathValue],
  },
);
export type HTTPPathMatch = Infer<typeof path>;

export const valueMatchType = string({
  enum: ["Exact", "RegularExpression"],
  default: "Exact",
  description:
    "How the value is compared: as it is, or with a regular expression of the implementation's dialect.",
});

const headerMatch = object(
  {
    type: valueMatchType,
    name: string({ ...fieldName, description: "Name of the header field; case makes no difference." }),
    value: string({ ...fieldValue, description: "What the value of the field is compared with." }),
  },
  { description: "A header field that the request must have." },
);

const queryParamMatch = object(
  {
    type: valueMatchType,
    name: string({ ...fieldName, description: "Name of the parameter, in this very case." }),
    value: string({ minLength: 1, maxLength: 1024, description: "What the value is compared with." }),
  },
  { description: "A parameter that the query must have." },
);

export const match = object(
  {
    path,
    headers: optional(
      array(headerMatch, {
        mapKeys: ["name"],
        maxItems: 16,
        description: "Header fields that the request must have, all of them.",
      }),
    ),
    queryParams: optional(
      array(queryParamMatch, {
        mapKeys: ["name"],
        maxItems: 16,
        description: "Query parameters that the request must have, all of them.",
      }),
    ),
    method: optional(string({ enum: HTTP_METHODS, description: "Method of the request; any when absent." })),
  },
  { description: "Conditions that must all hold." },
);
export type HTTPRouteMatch = Infer<typeof match>;
