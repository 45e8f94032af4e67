import { dnsSubdomain } from "../schema/forms.ts";
import { weightedBackend } from "./reference.ts";
import { distinctRuleNames } from "./rule.ts";
import { array, object, optional, string, type Infer } from "../schema/schema.ts";

/** The rules of routes that look at connections and flows as a whole. */
const rule = object(
  {
    name: optional(
      string({
        ...dnsSubdomain,
        description: "Name of the rule, once in the route, for others to refer to.",
      }),
    ),
    backendRefs: array(weightedBackend, {
      minItems: 1,
      maxItems: 16,
      description: "Where the traffic goes, by weight. A share that cannot be served is turned away.",
    }),
  },
  { description: "Where the traffic of the route goes." },
);

export type StreamRule = Infer<typeof rule>;

/** There is one: nothing could tell it from another. */
export const streamRules = array(rule, {
  minItems: 1,
  maxItems: 1,
  description: "Where the traffic of the route goes: one rule.",
});

/** Alpha versions took more of them. */
export const alphaStreamRules = array(rule, {
  minItems: 1,
  maxItems: 16,
  description: "Where the traffic of the route goes. One rule is what v1 takes.",
  rules: [distinctRuleNames],
});
