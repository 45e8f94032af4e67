import type { JsonObject } from "../json.ts";

/** One manifest of each kind, as people write them. */

export const service: JsonObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "shop", namespace: "apps", labels: { app: "shop" } },
  spec: {
    selector: { app: "shop" },
    ports: [
      { name: "http", port: 80, targetPort: "web", appProtocol: "kubernetes.io/h2c" },
      { name: "admin", port: 9000 },
    ],
  },
};

export const container = {
  name: "shop",
  image: "registry.example/shop:1.2",
  args: ["--verbose"],
  env: [
    { name: "MODE", value: "fast" },
    { name: "TOKEN", valueFrom: { secretKeyRef: { name: "shop", key: "token" } } },
    { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
  ],
  ports: [{ name: "web", containerPort: 8080 }],
  resources: { limits: { cpu: 0.5, memory: "64Mi" }, requests: { cpu: "100m" } },
  readinessProbe: { httpGet: { port: "web" } },
  volumeMounts: [{ name: "config", mountPath: "/etc/shop" }],
};

export const podSpec = {
  containers: [container],
  volumes: [{ name: "config", configMap: { name: "shop" } }, { name: "scratch" }],
};

export const pod: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "shop-1", namespace: "apps", labels: { app: "shop" } },
  spec: podSpec,
};

const template = { metadata: { creationTimestamp: null, labels: { app: "shop" } }, spec: podSpec };

export const deployment: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "shop", namespace: "apps" },
  spec: { replicas: 2, selector: { matchLabels: { app: "shop" } }, template },
};

export const replicaSet: JsonObject = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name: "shop-abc", namespace: "apps" },
  spec: { selector: { matchExpressions: [{ key: "app", operator: "In", values: ["shop"] }] }, template },
};

export const ingress: JsonObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "shop", namespace: "apps" },
  spec: {
    ingressClassName: "web",
    tls: [{ hosts: ["shop.example.com"], secretName: "cert" }],
    rules: [
      {
        host: "shop.example.com",
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: { service: { name: "shop", port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};

export const secret: JsonObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "cert", namespace: "apps" },
  type: "kubernetes.io/tls",
  data: { "tls.crt": "aGVsbG8=" },
  stringData: { "tls.key": "plain" },
};

export const role: JsonObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "system:reader", namespace: "apps" },
  rules: [{ apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list"] }],
};

export const roleBinding: JsonObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "readers", namespace: "apps" },
  roleRef: { kind: "Role", name: "system:reader" },
  subjects: [
    { kind: "User", name: "Ann" },
    { kind: "ServiceAccount", name: "robot", namespace: "apps" },
    { kind: "Group", name: "staff" },
  ],
};

export const node: JsonObject = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n1", labels: { "node-role.kubernetes.io/worker": "", "kubernetes.io/role": "spare" } },
  spec: { unschedulable: true, taints: [{ key: "gpu", effect: "NoSchedule" }], podCIDR: "10.1.0.0/24" },
  status: {
    capacity: { cpu: "4", memory: "8Gi" },
    conditions: [{ type: "Ready", status: "True", lastHeartbeatTime: "2026-01-01T00:00:00Z" }],
    addresses: [
      { type: "InternalIP", address: "10.0.0.1" },
      { type: "Hostname", address: "n1" },
    ],
    nodeInfo: { kubeletVersion: "v1.36.0", kernelVersion: "6.1", architecture: "amd64" },
  },
};

export const endpointSlice: JsonObject = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "shop-x", namespace: "apps", labels: { "kubernetes.io/service-name": "shop" } },
  addressType: "IPv4",
  endpoints: [
    { addresses: ["10.1.0.4"], conditions: { ready: true }, nodeName: "n1", zone: "a" },
    { addresses: ["10.1.0.5"] },
  ],
  ports: [{ name: "http", port: 8080 }],
};

export const endpoints: JsonObject = {
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: { name: "shop", namespace: "apps" },
  subsets: [{ addresses: [{ ip: "10.1.0.4" }, { ip: "10.1.0.5" }], ports: [{ port: 8080 }] }],
};

export const event: JsonObject = {
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "shop.1", namespace: "apps" },
  involvedObject: { apiVersion: "v1", kind: "Pod", name: "shop-1", namespace: "apps", fieldPath: "spec" },
  reason: "Started",
  message: "container started ",
  type: "Normal",
  source: { component: "kubelet", host: "n1" },
  firstTimestamp: "2026-01-01T00:00:00Z",
  lastTimestamp: "2026-01-01T00:09:30Z",
  count: 3,
};

export const eventsEvent: JsonObject = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "shop.2", namespace: "apps" },
  eventTime: "2026-01-01T00:00:00.000000Z",
  reportingController: "example.com/scheduler",
  reportingInstance: "scheduler-0",
  action: "Binding",
  reason: "Scheduled",
  regarding: { kind: "Pod", name: "shop-1", namespace: "apps" },
  note: "went to n1",
  type: "Normal",
};

export const definition: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "cakes.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "cakes", kind: "Cake" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", "x-any": 1 } } } },
        additionalPrinterColumns: [{ name: "Taste", type: "string", jsonPath: ".spec.taste" }],
      },
    ],
  },
};

export const policy: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicy",
  metadata: { name: "small" },
  spec: {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: ["apps"],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["deployments"],
        },
      ],
    },
    validations: [{ expression: "object.spec.replicas < 10", message: "too many" }],
  },
};

export const policyBinding: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: "small" },
  spec: { policyName: "small", validationActions: ["Deny"] },
};

export const ingressClass: JsonObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "web", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
  spec: { controller: "example.com/web", parameters: { apiGroup: "example.com", kind: "Web", name: "main" } },
};

const plain = (apiVersion: string, kind: string, rest: JsonObject = {}, namespace = "apps"): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: "plain", ...(namespace !== "" && { namespace }) },
  ...rest,
});

export const configMap = plain("v1", "ConfigMap", {
  data: { mode: "fast" },
  binaryData: { logo: "aGVsbG8=" },
});
export const namespace = plain("v1", "Namespace", { spec: { finalizers: ["kubernetes"] } }, "");
const serviceAccount = plain("v1", "ServiceAccount", { automountServiceAccountToken: false });
export const lease = plain("coordination.k8s.io/v1", "Lease", {
  spec: { holderIdentity: "me", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.000000Z" },
});
const clusterRole = plain(
  "rbac.authorization.k8s.io/v1",
  "ClusterRole",
  { rules: [{ nonResourceURLs: ["/healthz"], verbs: ["get"] }] },
  "",
);
export const clusterRoleBinding = plain(
  "rbac.authorization.k8s.io/v1",
  "ClusterRoleBinding",
  { roleRef: { kind: "ClusterRole", name: "view" }, subjects: [{ kind: "Group", name: "staff" }] },
  "",
);

export const manifests: readonly JsonObject[] = [
  service,
  pod,
  deployment,
  replicaSet,
  ingress,
  ingressClass,
  secret,
  role,
  roleBinding,
  clusterRole,
  clusterRoleBinding,
  node,
  endpointSlice,
  endpoints,
  event,
  eventsEvent,
  definition,
  policy,
  policyBinding,
  configMap,
  namespace,
  serviceAccount,
  lease,
];
