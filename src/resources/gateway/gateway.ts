import { labelValue, objectName } from "../schema/forms.ts";
import { conditions, pending } from "./condition.ts";
import { AGE, conditionColumn, gatewayKind, version, whole } from "./definition.ts";
import { QUALIFIED_NAME_PATTERN } from "./forms.ts";
import { assignedAddresses, wantedAddresses } from "./gateway-address.ts";
import { gatewayTLS } from "./gateway-tls.ts";
import { gatewayListeners, listenerStatuses } from "./listener.ts";
import { namespaceSelector } from "./namespace-selector.ts";
import { localReference } from "./reference.ts";
import { described } from "./described.ts";
import { literal } from "./rule.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { integer, map, object, optional, string, type Infer, type Rule } from "../schema/schema.ts";

export type { Listener as GatewayListener } from "./listener.ts";

const KEY = literal(QUALIFIED_NAME_PATTERN);
const LONG_PREFIX = "size(key.split('/')[0]) >= 253";

/** Keys of labels and annotations. The API asks for prefixes shorter than the longest DNS name. */
const qualifiedKeys: readonly Rule[] = [
  {
    rule: `self.all(key, key.matches(${KEY}))`,
    message: "Keys are an optional DNS name and /, then up to 63 letters, digits, - _ .",
    messageExpression: `self.filter(key, !key.matches(${KEY})).join(', ') + ': keys are an optional DNS name and /, then up to 63 letters, digits, - _ .'`,
  },
  {
    rule: `!self.exists(key, ${LONG_PREFIX})`,
    message: 'The part of a key before "/" must have less than 253 characters',
    messageExpression: `self.filter(key, ${LONG_PREFIX})[0] + ': the part of a key before "/" must have less than 253 characters'`,
  },
];

const infrastructure = object(
  {
    labels: optional(
      map(string({ ...labelValue, minLength: 0 }), {
        maxProperties: 8,
        description: "Labels of everything that is made for the Gateway.",
        rules: qualifiedKeys,
      }),
    ),
    annotations: optional(
      map(string({ minLength: 0, maxLength: 4096 }), {
        maxProperties: 16,
        description: "Annotations of everything that is made for the Gateway.",
        rules: qualifiedKeys,
      }),
    ),
    parametersRef: optional(
      described(
        "An object with settings that the implementation defines, besides those of the class.",
        localReference,
      ),
    ),
  },
  { description: "What is made for the Gateway, such as its Deployment and Service." },
);

const FROM_NONE = { from: "None" };

const allowedListeners = object(
  {
    namespaces: object(
      {
        from: string({
          enum: ["All", "Selector", "Same", "None"],
          default: "None",
          description: "All namespaces, those that the selector selects, the same one only, or none.",
        }),
        selector: optional(namespaceSelector),
      },
      { default: FROM_NONE, description: "Namespaces that ListenerSets may be in." },
    ),
  },
  { description: "ListenerSets that may add listeners; none without this." },
);

const spec = object(
  {
    gatewayClassName: string({
      ...objectName,
      description: "GatewayClass, and so the controller, of the Gateway.",
    }),
    listeners: gatewayListeners,
    addresses: wantedAddresses,
    infrastructure: optional(infrastructure),
    allowedListeners: optional(allowedListeners),
    tls: optional(gatewayTLS),
    defaultScope: optional(
      string({
        enum: ["All", "None"],
        description: "All makes it a default Gateway: routes with useDefaultGateways attach to it.",
      }),
    ),
  },
  { description: "What the Gateway should be." },
);

const initialConditions = pending("Accepted", "Programmed");

const status = object(
  {
    addresses: assignedAddresses,
    attachedListenerSets: optional(
      integer({ format: "int32", description: "How many ListenerSets the Gateway has accepted." }),
    ),
    conditions: conditions({
      default: initialConditions,
      description: "What the controller says of the Gateway: Accepted, Programmed and others.",
    }),
    listeners: listenerStatuses,
  },
  { default: { conditions: initialConditions }, description: "What became of the Gateway." },
);

const schema = whole("A place where traffic comes in: addresses, ports and protocols.", spec, status);

const columns = [
  { name: "Class", type: "string", path: ".spec.gatewayClassName" },
  { name: "Address", type: "string", path: ".status.addresses[*].value" },
  conditionColumn("Programmed"),
  AGE,
] as const;

export const gateway: Kind = gatewayKind({
  kind: "Gateway",
  plural: "gateways",
  shortNames: ["gtw"],
  versions: [version("v1", schema, columns), version("v1beta1", schema, columns)],
});

export interface Gateway extends Resource {
  readonly kind: "Gateway";
  readonly spec: Infer<typeof spec>;
}
