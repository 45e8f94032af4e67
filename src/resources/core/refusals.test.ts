import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../json.ts";
import { edit, verdict } from "./core.fixture.ts";
import * as good from "./manifests.fixture.ts";

const label = 'a DNS label: lower-case letters, digits and "-", with a letter or digit at both ends';
const portNames = "a port name: at most 15 lower-case letters, digits and single -, with at least one letter";
const units = "a number with or without one of the units n u m k M G T P E Ki Mi Gi Ti Pi Ei";

/** Edits of a good manifest, and the faults that they make. */
type Case = readonly [changes: Readonly<Record<string, unknown>>, ...faults: string[]];

function refuses(name: string, manifest: JsonObject, cases: readonly Case[]): void {
  test(`${name} refuses typical mistakes`, () => {
    for (const [changes, ...faults] of cases) {
      assert.deepEqual(verdict(edit(manifest, changes)).faults, faults, JSON.stringify(changes));
    }
  });
}

refuses("Service", good.service, [
  [{ "metadata/name": "a.b" }, `metadata.name: "a.b" is not ${label}`],
  [{ "spec/ports": [] }, "spec.ports: A Service needs ports"],
  [{ "spec/ports": [], "spec/clusterIP": "None" }],
  [
    { "spec/ports/1/name": undefined },
    "spec.ports.1.name: A Service with several ports must name each of them",
  ],
  [{ "spec/ports/1/name": "http" }, 'spec.ports.1.name: Port name "http" is taken by an earlier port'],
  [{ "spec/ports/1/port": 0 }, "spec.ports.1.port: 0 is too small: at least 1"],
  [{ "spec/ports/1/nodePort": 30000 }, "spec.ports.1.nodePort: Not possible with the type ClusterIP"],
  [
    { "spec/type": "NodePort", "spec/ports/0/nodePort": 30000, "spec/ports/1/nodePort": 30000 },
    "spec.ports.1.nodePort: Node port 30000 is taken by an earlier port",
  ],
  [{ "spec/ports/0/targetPort": 70000 }, "spec.ports.0.targetPort: 70000 is not a port: 1 to 65535"],
  [
    { "spec/clusterIP": "10.0.0.300" },
    'spec.clusterIP: "10.0.0.300" is not an IP address such as 192.0.2.1 or 2001:db8::1',
  ],
  [
    { "spec/clusterIP": "None", "spec/type": "NodePort" },
    "spec.clusterIP: None is not possible with the type NodePort",
  ],
  [{ "spec/clusterIPs": ["10.0.0.1"] }, "spec.clusterIPs.0: The first must be clusterIP"],
  [
    { "spec/clusterIP": "10.0.0.1", "spec/clusterIPs": ["10.0.0.1", "10.0.0.2"] },
    "spec.clusterIPs.1: Two addresses must be of different families",
  ],
  [{ "spec/type": "ExternalName" }, "spec.externalName: The type ExternalName needs it"],
  [{ "spec/type": "ExternalName", "spec/externalName": "a.example.com." }],
  [
    { "spec/externalTrafficPolicy": "Local" },
    "spec.externalTrafficPolicy: Goes with Services that are reached from outside only",
  ],
  [{ "spec/loadBalancerClass": "a/b" }, "spec.loadBalancerClass: Goes with the type LoadBalancer only"],
  [
    { "spec/type": "LoadBalancer", "spec/loadBalancerSourceRanges": ["10.0.0.0/40"] },
    'spec.loadBalancerSourceRanges.0: "10.0.0.0/40" is not a block of addresses such as 192.0.2.0/24 or 2001:db8::/32',
  ],
]);

refuses("Pod", good.pod, [
  [{ "spec/containers": [] }, "spec.containers: Too few entries: 0, at least 1"],
  [{ "spec/containers/0/image": undefined }, "spec.containers.0.image: A container needs an image"],
  [{ "spec/containers/0/name": "A" }, `spec.containers.0.name: "A" is not ${label}`],
  [
    { "spec/containers/1": good.container },
    'spec.containers.1.name: Duplicate: name "shop" is in entry 0 of the list too',
  ],
  [
    { "spec/initContainers": [{ name: "shop", image: "a" }] },
    'spec.initContainers.0.name: Name "shop" is taken in containers',
  ],
  [
    { "spec/volumes/0/name": "other" },
    'spec.containers.0.volumeMounts.0.name: The pod has no volume "config"',
  ],
  [{ "spec/volumes/0/emptyDir": {} }, 'spec.volumes.0.emptyDir: Cannot stand beside "configMap": choose one'],
  [
    { "spec/containers/0/resources/requests/cpu": "2" },
    "spec.containers.0.resources.requests.cpu: More than its limit of 500m",
  ],
  [
    { "spec/containers/0/resources/limits/memory": "64 Mi" },
    `spec.containers.0.resources.limits.memory: "64 Mi" is not a quantity: ${units}`,
    `spec.containers.0.resources.requests.memory: "64 Mi" is not a quantity: ${units}`,
  ],
  [
    { "spec/containers/0/readinessProbe": {} },
    "spec.containers.0.readinessProbe: One is missing: exec, httpGet, tcpSocket, grpc",
  ],
  [
    { "spec/containers/0/livenessProbe": { exec: { command: ["a"] }, successThreshold: 2 } },
    "spec.containers.0.livenessProbe.successThreshold: Must be 1 for a livenessProbe",
  ],
  [
    { "spec/initContainers": [{ name: "a", image: "a", lifecycle: { preStop: { sleep: { seconds: 1 } } } }] },
    "spec.initContainers.0.lifecycle: Init containers have it with restartPolicy Always only",
  ],
  [
    { "spec/containers/0/env/0/valueFrom": { fieldRef: { fieldPath: "a" } } },
    'spec.containers.0.env.0.valueFrom: Cannot stand beside "value": choose one',
  ],
  [{ "spec/containers/0/env/3": { name: "MODE", value: "twice is allowed" } }],
  [
    { "spec/containers/0/ports/0/containerPort": 0 },
    "spec.containers.0.ports.0.containerPort: 0 is too small: at least 1",
  ],
  [
    { "spec/containers/0/ports/0/name": "UPPER" },
    `spec.containers.0.ports.0.name: "UPPER" is not ${portNames}`,
  ],
  [
    { "spec/hostNetwork": true, "spec/containers/0/ports/0/hostPort": 1 },
    "spec.containers.0.ports.0.hostPort: Must be 8080: the pod uses the network of its node",
  ],
  [{ "spec/dnsPolicy": "None" }, "spec.dnsConfig.nameservers: The dnsPolicy None needs nameservers"],
  [
    { "spec/tolerations": [{ key: "a", operator: "Exists", value: "b" }] },
    "spec.tolerations.0.value: The operator Exists has no value",
  ],
  [
    { "spec/containers/0/securityContext": { seccompProfile: { type: "Localhost" } } },
    "spec.containers.0.securityContext.seccompProfile.localhostProfile: The type Localhost needs the name of a profile",
  ],
]);

refuses("Deployment", good.deployment, [
  [{ "spec/selector": {} }, "spec.selector: An empty selector would take every pod"],
  [
    { "spec/selector/matchLabels/app": "other" },
    "spec.template.metadata.labels: The selector does not match these labels",
  ],
  [
    { "spec/template/spec/restartPolicy": "Never" },
    "spec.template.spec.restartPolicy: Only Always is possible here",
  ],
  [{ "spec/replicas": -1 }, "spec.replicas: -1 is too small: at least 0"],
  [
    { "spec/strategy": { type: "Recreate", rollingUpdate: {} } },
    "spec.strategy.rollingUpdate: Goes with the type RollingUpdate only",
  ],
  [
    { "spec/strategy": { rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } },
    "spec.strategy.rollingUpdate.maxUnavailable: Cannot be 0 where maxSurge is 0: nothing could ever be replaced",
  ],
  [
    { "spec/strategy": { rollingUpdate: { maxSurge: "many" } } },
    'spec.strategy.rollingUpdate.maxSurge: "many" is neither a number of pods nor a percentage such as 25%',
  ],
  [{ "spec/minReadySeconds": 600 }, "spec.progressDeadlineSeconds: Must be longer than minReadySeconds, 600"],
  [{ status: { replicas: 1, readyReplicas: 2 } }, "status.readyReplicas: More than replicas"],
]);

refuses("Secret", good.secret, [
  [{ stringData: {} }, 'data.tls.key: A Secret of the type kubernetes.io/tls needs "tls.key"'],
  [{ "data/tls.crt": "hunter2!" }, "data.tls.crt: Value is not base64"],
  [{ "data/a b": "" }, `data.a b: "a b" is not a key: letters, digits, "-", "_" and "."`],
  [{ "data/..a": "" }, 'data...a: A key is neither "." nor does it start with ".."'],
  [{ type: "kubernetes.io/dockerconfigjson", data: { ".dockerconfigjson": "e30=" } }],
  [
    { type: "kubernetes.io/dockerconfigjson", data: { ".dockerconfigjson": "e3s=" } },
    "data..dockerconfigjson: A Secret of the type kubernetes.io/dockerconfigjson has JSON here",
  ],
  [{ "data/big": "A".repeat(1_500_000) }, "data: Too large: 1125010 bytes, at most 1048576"],
]);

refuses("ConfigMap", good.configMap, [
  [{ "data/logo": "x" }, "data.logo: Name is in binaryData too"],
  [{ "binaryData/logo": "?" }, "binaryData.logo: Value is not base64"],
  [{ "data/mode": true }, "data.mode: Expected a string, found true or false"],
]);

refuses("Ingress", good.ingress, [
  [{ "spec/rules": undefined }, "spec: Needs rules or a defaultBackend"],
  [{ "spec/rules/0/host": "192.0.2.1" }, "spec.rules.0.host: Must be a host name, not an address"],
  [{ "spec/rules/0/http/paths/0/path": "a" }, 'spec.rules.0.http.paths.0.path: Path must start with "/"'],
  [
    { "spec/rules/0/http/paths/0/path": "/a/../b" },
    'spec.rules.0.http.paths.0.path: Path must not contain "/../"',
  ],
  [
    { "spec/rules/0/http/paths/0/pathType": undefined },
    'spec.rules.0.http.paths.0.pathType: Missing field "pathType"',
  ],
  [
    { "spec/rules/0/http/paths/0/backend": {} },
    "spec.rules.0.http.paths.0.backend: One is missing: resource, service",
  ],
  [
    { "spec/rules/0/http/paths/0/backend/service/port/name": "web" },
    'spec.rules.0.http.paths.0.backend.service.port.number: Cannot stand beside "name": choose one',
  ],
  [
    { "metadata/annotations": { "kubernetes.io/ingress.class": "other" } },
    "metadata.annotations.kubernetes.io/ingress.class: Must be the same as spec.ingressClassName",
  ],
]);

refuses("Role", good.role, [
  [{ "metadata/name": "a/b" }, 'metadata.name: "a/b" is not a part of a path: without "/" and "%"'],
  [{ "metadata/name": ".." }, 'metadata.name: ".." is not a name'],
  [{ "rules/0/verbs": [] }, "rules.0.verbs: Too few entries: 0, at least 1"],
  [{ "rules/0/resources": undefined }, "rules.0.resources: A rule needs resources"],
  [
    { "rules/0": { nonResourceURLs: ["/a"], verbs: ["get"] } },
    "rules.0.nonResourceURLs: Paths are not in a namespace: use a ClusterRole",
  ],
]);

refuses("RoleBinding", good.roleBinding, [
  [
    { "subjects/0/apiGroup": "apps" },
    'subjects.0.apiGroup: The API group of a User is "rbac.authorization.k8s.io"',
  ],
  [{ "roleRef/apiGroup": "", "roleRef/kind": "ClusterRole" }, "roleRef.apiGroup: Empty string"],
]);

refuses("ClusterRoleBinding", good.clusterRoleBinding, [
  [{ "roleRef/kind": "Role" }, "roleRef.kind: A ClusterRoleBinding gives ClusterRoles only"],
  [
    { "subjects/1": { kind: "ServiceAccount", name: "a" } },
    "subjects.1.namespace: A ServiceAccount needs its namespace here",
  ],
]);

refuses("EndpointSlice", good.endpointSlice, [
  [{ "endpoints/0/addresses": [] }, "endpoints.0.addresses: Too few entries: 0, at least 1"],
  [{ "endpoints/0/addresses/0": "::2" }, 'endpoints.0.addresses.0: "::2" is not an IPv4 address'],
  [
    { "endpoints/0/addresses/0": "169.254.0.1" },
    "endpoints.0.addresses.0: 169.254.0.1 cannot be an endpoint: it is unspecified, link-local or multicast",
  ],
  [{ "endpoints/0/addresses/0": "127.0.0.1" }],
  [{ "ports/1": { name: "http", port: 1 } }, 'ports.1.name: An earlier port has the name "http" too'],
  [
    { addressType: "FQDN", "endpoints/0/addresses/0": "a.b", "endpoints/1/addresses/0": "a" },
    'endpoints.1.addresses.0: "a" is not a full host name',
  ],
]);

refuses("Endpoints", good.endpoints, [
  [{ "subsets/0/addresses": [] }, "subsets.0: A subset needs addresses or notReadyAddresses"],
  [
    { "subsets/0/ports/1": { port: 1, name: "a" } },
    "subsets.0.ports.0.name: One of several ports needs a name",
  ],
]);

refuses("CustomResourceDefinition", good.definition, [
  [
    { "metadata/name": "cake.example.com" },
    'metadata.name: Must be "cakes.example.com": spec.names.plural and spec.group',
  ],
  [{ "spec/versions/0/storage": false }, "spec.versions: One version must have storage: true, and no other"],
  [{ "spec/versions/0/schema": {} }, "spec.versions.0.schema.openAPIV3Schema: A version needs a schema"],
  [
    { "spec/names/kind": "1", "spec/names/listKind": "List", "spec/names/singular": "cake" },
    'spec.names.kind: "1" is not the name of a kind: letters, digits and -, starting with a letter',
  ],
]);

refuses("ValidatingAdmissionPolicy", good.policy, [
  [{ "spec/validations": [] }, "spec.validations: Needs validations or auditAnnotations"],
  [
    { "spec/matchConstraints/resourceRules": [] },
    "spec.matchConstraints.resourceRules: Needs a rule: which writes are checked",
  ],
]);

refuses("ValidatingAdmissionPolicyBinding", good.policyBinding, [
  [
    { "spec/validationActions": ["Deny", "Warn"] },
    "spec.validationActions: Deny and Warn exclude each other",
  ],
]);

refuses("IngressClass", good.ingressClass, [
  [{ "spec/parameters/scope": "Namespace" }, "spec.parameters.namespace: The scope Namespace needs one"],
  [
    { "spec/controller": "nobody" },
    'spec.controller: "nobody" is not a domain and a path, such as example.com/controller',
  ],
]);

refuses("Node", good.node, [
  [
    { "spec/taints/1": { key: "gpu", effect: "NoSchedule" } },
    'spec.taints.1.key: An earlier taint has the key "gpu" and the effect NoSchedule too',
  ],
]);

refuses("Lease", good.lease, [
  [{ "spec/leaseDurationSeconds": 0 }, "spec.leaseDurationSeconds: 0 is too small: at least 1"],
]);

refuses("Event", good.event, [
  [{ "involvedObject/namespace": "other" }, "involvedObject.namespace: Must be the namespace of the event"],
  [
    { eventTime: "2026-01-01T00:00:00.000000Z", reportingComponent: "a", reportingInstance: "b" },
    "action: An event with eventTime needs it",
  ],
]);

refuses("Event of events.k8s.io", good.eventsEvent, [
  [{ eventTime: undefined }, "eventTime: An event needs its time"],
  [
    { series: { count: 1, lastObservedTime: "2026-01-01T00:00:00Z" } },
    "series.count: A series has at least 2 events",
  ],
]);

test("A base64 fault never repeats the value", () => {
  assert.doesNotMatch(verdict(edit(good.secret, { "data/tls.crt": "hunter2!" })).faults.join(), /hunter2/);
});
