import { dnsLabel, objectName } from "../schema/forms.ts";
import { AGE, gatewayKind, version, whole } from "./definition.ts";
import { required } from "./reference.ts";
import { described } from "./described.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, object, optional, string, type Infer } from "../schema/schema.ts";

const from = object(
  {
    group: described("API group of the objects that refer; empty for the core group.", required.group),
    kind: described("Kind of the objects that refer, such as HTTPRoute.", required.kind),
    namespace: string({ ...dnsLabel, description: "Namespace of the objects that refer." }),
  },
  { description: "Objects that may refer." },
);

const to = object(
  {
    group: described("API group of what is referred to; empty for the core group.", required.group),
    kind: described("Kind of what is referred to, such as Service.", required.kind),
    name: optional(
      string({
        ...objectName,
        description: "Name of what is referred to; all of the kind in this namespace when absent.",
      }),
    ),
  },
  { description: "What may be referred to, in the namespace of the grant." },
);

const spec = object(
  {
    from: array(from, { minItems: 1, maxItems: 16, description: "Who may refer: each entry by itself." }),
    to: array(to, {
      minItems: 1,
      maxItems: 16,
      description: "What may be referred to: each entry by itself.",
    }),
  },
  { description: "Who may refer to what." },
);

const schema = whole("Lets objects of other namespaces refer to those of its own namespace.", spec);

export const referenceGrant: Kind = gatewayKind({
  kind: "ReferenceGrant",
  plural: "referencegrants",
  shortNames: ["refgrant"],
  versions: [version("v1", schema, [AGE]), version("v1beta1", schema, [AGE])],
  storageVersion: "v1beta1",
});

export interface ReferenceGrant extends Resource {
  readonly kind: "ReferenceGrant";
  readonly spec: Infer<typeof spec>;
}
