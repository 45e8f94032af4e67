import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kind } from "../../resources/kind.ts";
import { object } from "../../resources/schema/schema.ts";
import { ApiError } from "../error.ts";
import { parseFieldSelector } from "./field-selector.ts";

function kindOf(
  kind: string,
  plural: string,
  more: Partial<Kind> & { selectable?: readonly string[] } = {},
): Kind {
  const { selectable = [], ...rest } = more;
  return {
    kind,
    listKind: `${kind}List`,
    group: "",
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    versions: [{ name: "v1", served: true, schema: object({}), columns: [], status: false, selectable }],
    storageVersion: "v1",
    ...rest,
  };
}

const pod = kindOf("Pod", "pods");
const node = kindOf("Node", "nodes", { namespaced: false });
const secret = kindOf("Secret", "secrets");
const event = kindOf("Event", "events");
const newEvent = kindOf("Event", "events", { group: "events.k8s.io" });
const replicaSet = kindOf("ReplicaSet", "replicasets", { group: "apps" });
const shirt = kindOf("Shirt", "shirts", { group: "example.org", selectable: [".spec.color", ".spec.size"] });

const metadata = { name: "one", namespace: "here" };
const running = {
  metadata,
  spec: { nodeName: "n1", hostNetwork: true },
  status: { phase: "Running", podIPs: [{ ip: "10.0.0.1" }, { ip: "::1" }] },
};

const cases: readonly (readonly [Kind, string, object, boolean])[] = [
  [pod, "", running, true],
  [pod, ",", running, true],
  [pod, "metadata.name=one", running, true],
  [pod, "metadata.name==one,metadata.namespace=here", running, true],
  [pod, "metadata.name!=one", running, false],
  [pod, "metadata.name=", running, false],
  [pod, "spec.nodeName=n1,status.phase=Running", running, true],
  [pod, "spec.host=n1", running, true],
  [pod, "spec.hostNetwork=true", running, true],
  [pod, "spec.hostNetwork=false", { metadata }, true],
  [pod, "spec.nodeName=", { metadata }, true],
  [pod, "spec.nodeName!=", running, true],
  [pod, "status.podIP=10.0.0.1", running, true],
  [pod, "status.podIP=10.0.0.2", { metadata, status: { podIP: "10.0.0.2" } }, true],
  [node, "spec.unschedulable=false", { metadata }, true],
  [node, "spec.unschedulable=true", { metadata, spec: { unschedulable: true } }, true],
  [secret, "type=Opaque", { metadata, type: "Opaque" }, true],
  [secret, "type!=kubernetes.io/tls", { metadata, type: "Opaque" }, true],
  [
    event,
    "involvedObject.kind=Pod,source=kubelet",
    { involvedObject: { kind: "Pod" }, source: { component: "kubelet" } },
    true,
  ],
  [event, "source=other", { reportingComponent: "other" }, true],
  [newEvent, "regarding.name=x", { regarding: { name: "x" } }, true],
  [replicaSet, "status.replicas=0", { metadata }, true],
  [replicaSet, "status.replicas=2", { metadata, status: { replicas: 2 } }, true],
  [shirt, "spec.color=blue", { spec: { color: "blue" } }, true],
  [shirt, "spec.size=3", { spec: { size: 3 } }, true],
  [shirt, "spec.color=", { spec: "none" }, true],
  [shirt, String.raw`spec.color=a\,b\=c\\d`, { spec: { color: String.raw`a,b=c\d` } }, true],
];

for (const [kind, selector, object, matches] of cases) {
  test(`field selector "${selector}" of ${kind.kind} ${matches ? "holds" : "does not hold"}`, () => {
    assert.equal(parseFieldSelector(selector, kind, kind.versions[0]!)({ ...object }), matches);
  });
}

const faults: readonly (readonly [Kind, string, RegExp])[] = [
  [
    pod,
    "spec.color=blue",
    /character 1: Pod cannot be selected by "spec\.color"; allowed: metadata\.name, metadata\.namespace, spec\.nodeName/,
  ],
  [pod, "metadata.name=one,nothing", /character 19: "nothing" has none of/],
  [node, "metadata.namespace=a", /allowed: metadata\.name, spec\.unschedulable$/],
  [shirt, "spec.price=1", /allowed: metadata\.name, metadata\.namespace, spec\.color, spec\.size$/],
  [pod, "metadata.name=a=b", /character 16: "=" in a value/],
  [pod, String.raw`metadata.name=a\n`, /character 16: "\\n" is no escape/],
  [pod, "metadata.name=a\\", /is no escape/],
  [pod, "constructor=1", /cannot be selected/],
  [pod, "=1", /cannot be selected by ""/],
];

for (const [kind, selector, message] of faults) {
  test(`field selector "${selector}" of ${kind.kind} is refused`, () => {
    assert.throws(
      () => parseFieldSelector(selector, kind, kind.versions[0]!),
      (error) => error instanceof ApiError && error.reason === "BadRequest" && message.test(error.message),
    );
  });
}
