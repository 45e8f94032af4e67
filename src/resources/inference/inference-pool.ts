import { dnsLabel, group, kindName, labelValue, objectName, portNumber } from "../schema/forms.ts";
import { conditions } from "../gateway/condition.ts";
import { version, whole } from "../gateway/definition.ts";
import { controllerName } from "../gateway/forms.ts";
import { GATEWAY_GROUP } from "../gateway/reference.ts";
import { distinct } from "../gateway/rule.ts";
import type { Kind } from "../kind.ts";
import { array, integer, map, object, optional, string } from "../schema/schema.ts";

const port = (description: string) =>
  object({ number: integer({ ...portNumber, description: "Number of the port." }) }, { description });

const endpointPickerRef = object(
  {
    group: string({
      ...group,
      minLength: 0,
      default: "",
      description: "API group of the picker; empty for the core group, which Services are in.",
    }),
    kind: string({ ...kindName, default: "Service", description: "Kind of the picker." }),
    name: string({ ...objectName, description: "Name of the picker." }),
    port: optional(port("Port of the picker. A Service needs one: its own, not the target port.")),
    failureMode: string({
      enum: ["FailOpen", "FailClose"],
      default: "FailClose",
      description:
        "When the picker does not answer: FailOpen takes any pod of the pool, FailClose refuses the request.",
    }),
  },
  {
    description: "The endpoint picker, which is asked for the pod that each request goes to.",
    rules: [
      {
        rule: "has(self.port) || self.kind != 'Service'",
        message: "An endpoint picker of kind Service needs a port",
        reason: "FieldValueRequired",
        fieldPath: ".port",
      },
    ],
  },
);

const same = (a: string, b: string) => `${b}.number == ${a}.number`;

const spec = object(
  {
    selector: object(
      {
        matchLabels: map(string({ ...labelValue, minLength: 0 }), {
          minProperties: 1,
          maxProperties: 64,
          description: "Labels that the pods have, all of them.",
        }),
      },
      { description: "Pods of the pool, in its own namespace." },
    ),
    targetPorts: array(port("A port of each pod."), {
      minItems: 1,
      maxItems: 8,
      description:
        "Ports that the pods serve on, each of them once; every one counts as an endpoint of its own.",
      rules: [
        {
          rule: distinct(same),
          messageExpression: `'Port ' + string(self.filter(a, !self.exists_one(b, ${same("a", "b")}))[0].number) + ' is in the list more than once'`,
        },
      ],
    }),
    appProtocol: string({
      enum: ["http", "kubernetes.io/h2c"],
      default: "http",
      description: "What the pods speak: http for HTTP/1.1, kubernetes.io/h2c for HTTP/2 without TLS.",
    }),
    endpointPickerRef: optional(endpointPickerRef),
  },
  { description: "Which pods serve, and who chooses among them." },
);

const parentRef = object(
  {
    group: string({
      ...group,
      minLength: 0,
      default: GATEWAY_GROUP,
      description: "API group of the parent.",
    }),
    kind: string({ ...kindName, default: "Gateway", description: "Kind of the parent." }),
    namespace: optional(
      string({ ...dnsLabel, description: "Namespace of the parent; that of the pool when absent." }),
    ),
    name: string({ ...objectName, description: "Name of the parent." }),
  },
  { description: "What uses the pool, usually a Gateway." },
);

const parent = object(
  {
    parentRef,
    controllerName: optional(
      string({
        ...controllerName,
        description: "Controller that wrote this entry: only it may change or remove the entry.",
      }),
    ),
    conditions: optional(
      conditions({
        description:
          "What this controller says of the pool under this parent: Accepted, ResolvedRefs and others.",
      }),
    ),
  },
  { description: "The state of the pool under one parent." },
);

const status = object(
  {
    parents: optional(
      array(parent, {
        maxItems: 32,
        description: "One entry for each Gateway (or the like) that uses the pool.",
      }),
    ),
  },
  { description: "What the controllers of the parents say of the pool." },
);

export const inferencePool: Kind = {
  kind: "InferencePool",
  listKind: "InferencePoolList",
  group: "inference.networking.k8s.io",
  plural: "inferencepools",
  singular: "inferencepool",
  shortNames: ["infpool"],
  categories: [],
  namespaced: true,
  versions: [
    version(
      "v1",
      whole("Pods that serve a model, with a picker that knows them.", spec, optional(status)),
      [],
    ),
  ],
  storageVersion: "v1",
  crd: {
    annotations: {
      "api-approved.kubernetes.io":
        "https://github.com/kubernetes-sigs/gateway-api-inference-extension/pull/1173",
      "inference.networking.k8s.io/bundle-version": "v1.6.0",
    },
    labels: {},
  },
};
