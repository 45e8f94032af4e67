import { controllerName } from "./forms.ts";
import { conditions } from "./condition.ts";
import { orEmpty } from "./rule.ts";
import { parentReference } from "./reference.ts";
import { array, object, optional, string, type Rule } from "../schema/schema.ts";

/** What routes have in common: the parents they attach to, and what each of these says of them. */
const name = (parent: string) => orEmpty(parent, "__namespace__");
const section = (parent: string) => orEmpty(parent, "sectionName");
const port = (parent: string) => `(has(${parent}.port) ? ${parent}.port : 0)`;

const sameParent = `b.name == a.name && b.kind == a.kind && b.group == a.group && ${name("b")} == ${name("a")}`;
const toldApart = "has(b.sectionName) == has(a.sectionName) && has(b.port) == has(a.port)";
const same = `${sameParent} && ${section("b")} == ${section("a")} && ${port("b")} == ${port("a")}`;

/**
 * Several references to one parent must be told apart: all of them name a section or none does, likewise for
 * ports, and no two are equal.
 */
const distinctParents: readonly Rule[] = [
  {
    rule: `size(self) < 2 || self.all(a, self.all(b, !(${sameParent}) || (${toldApart})))`,
    messageExpression: `self.filter(a, self.exists(b, ${sameParent} && !(${toldApart}))).map(a, a.kind + ' ' + a.name)[0] + ' is named more than once: each reference needs a sectionName or port'`,
  },
  {
    rule: `size(self) < 2 || self.all(a, self.exists_one(b, ${same}))`,
    messageExpression: `self.filter(a, !self.exists_one(b, ${same})).map(a, a.kind + ' ' + a.name)[0] + ' is named twice with the same sectionName and port'`,
  },
];

/** Limit on parentRefs, and on their answers in the status. */
const MAX_PARENTS = 32;

export const routeFields = {
  parentRefs: optional(
    array(parentReference, {
      maxItems: MAX_PARENTS,
      description:
        "What the route attaches to, usually Gateways; these decide whether they take it. Several references to one parent must differ in sectionName or port.",
      rules: distinctParents,
    }),
  ),
  useDefaultGateways: optional(
    string({
      enum: ["All", "None"],
      description: "All attaches the route to the default Gateways too, besides its parentRefs.",
    }),
  ),
};

const parentStatus = object(
  {
    parentRef: parentReference,
    controllerName: string({
      ...controllerName,
      description: "Controller that wrote this entry: only it may change or remove the entry.",
    }),
    conditions: conditions({
      minItems: 1,
      description:
        "What this controller says of the route under this parent: Accepted, ResolvedRefs and others.",
    }),
  },
  { description: "The state of the route under one parent." },
);

export const routeStatus = optional(
  object(
    {
      parents: array(parentStatus, {
        maxItems: MAX_PARENTS,
        description: "One entry for each parent whose controller has looked at the route.",
      }),
    },
    { description: "What the controllers of the parents say of the route." },
  ),
);
