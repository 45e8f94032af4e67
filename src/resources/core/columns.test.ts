import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../json.ts";
import { humanDuration } from "./age.ts";
import { edit, row, verdict } from "./core.fixture.ts";
import * as good from "./manifests.fixture.ts";

const now = new Date("2026-01-01T00:10:00Z");

/** What `kubectl get -o wide` prints for the manifest, under the heads that matter. */
function prints(name: string, manifest: JsonObject, wanted: Readonly<Record<string, unknown>>): void {
  test(`${name}: columns`, () => {
    const stored = edit(verdict(manifest).value, { "metadata/creationTimestamp": "2026-01-01T00:05:30Z" });
    const cells = row(stored, now);
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((head) => [head, cells[head]])), wanted);
    if ("AGE" in cells) assert.equal(cells["AGE"], "4m30s");
  });
}

prints("Service", good.service, {
  TYPE: "ClusterIP",
  "CLUSTER-IP": "<none>",
  "EXTERNAL-IP": "<none>",
  "PORT(S)": "80/TCP,9000/TCP",
  SELECTOR: "app=shop",
});
prints(
  "Service of a load balancer",
  edit(good.service, {
    "spec/type": "LoadBalancer",
    "spec/clusterIP": "127.0.0.9",
    "spec/clusterIPs": ["127.0.0.9"],
    "spec/ports/0/nodePort": 30080,
    "spec/externalIPs": ["192.0.2.9"],
    "status/loadBalancer": { ingress: [{ hostname: "b.example" }, { ip: "192.0.2.1" }] },
  }),
  {
    "CLUSTER-IP": "127.0.0.9",
    "EXTERNAL-IP": "192.0.2.1,b.example,192.0.2.9",
    "PORT(S)": "80:30080/TCP,9000/TCP",
  },
);
prints("Service without an address yet", edit(good.service, { "spec/type": "LoadBalancer" }), {
  "EXTERNAL-IP": "<pending>",
});
prints(
  "EndpointSlice",
  edit(good.endpointSlice, { "endpoints/1/addresses": ["10.1.0.5", "10.1.0.6", "10.1.0.7"] }),
  {
    ADDRESSTYPE: "IPv4",
    PORTS: "8080",
    ENDPOINTS: "10.1.0.4,10.1.0.5,10.1.0.6 + 1 more...",
  },
);
prints("Endpoints", good.endpoints, { ENDPOINTS: "10.1.0.4:8080,10.1.0.5:8080" });
prints("ConfigMap", good.configMap, { DATA: 2 });
prints("Secret", good.secret, { TYPE: "kubernetes.io/tls", DATA: 2 });
prints("Namespace", good.namespace, { STATUS: "Active" });
prints("Lease", good.lease, { HOLDER: "me" });
prints(
  "Deployment",
  edit(good.deployment, {
    status: { replicas: 2, readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
  }),
  {
    READY: "1/2",
    "UP-TO-DATE": 2,
    AVAILABLE: 1,
    CONTAINERS: "shop",
    IMAGES: "registry.example/shop:1.2",
    SELECTOR: "app=shop",
  },
);
prints("ReplicaSet", good.replicaSet, { DESIRED: 1, CURRENT: 0, READY: 0, SELECTOR: "app in (shop)" });
prints("Ingress", edit(good.ingress, { "status/loadBalancer": { ingress: [{ ip: "192.0.2.1" }] } }), {
  CLASS: "web",
  HOSTS: "shop.example.com",
  ADDRESS: "192.0.2.1",
  PORTS: "80, 443",
});
prints("IngressClass", good.ingressClass, {
  NAME: "web (default)",
  CONTROLLER: "example.com/web",
  PARAMETERS: "Web.example.com/main",
});
prints("RoleBinding", good.roleBinding, {
  ROLE: "Role/system:reader",
  USERS: "Ann",
  GROUPS: "staff",
  SERVICEACCOUNTS: "apps/robot",
});
prints("Node", good.node, {
  STATUS: "Ready,SchedulingDisabled",
  ROLES: "spare,worker",
  VERSION: "v1.36.0",
  "INTERNAL-IP": "10.0.0.1",
  "EXTERNAL-IP": "<none>",
  "OS-IMAGE": "<unknown>",
  "KERNEL-VERSION": "6.1 (amd64)",
});
prints("Event", good.event, {
  "LAST SEEN": "30s",
  OBJECT: "pod/shop-1",
  SOURCE: "kubelet, n1",
  MESSAGE: "container started",
  "FIRST SEEN": "10m",
  COUNT: 3,
  NAME: "shop.1",
});
prints("Event of events.k8s.io", good.eventsEvent, {
  "LAST SEEN": "10m",
  REASON: "Scheduled",
  OBJECT: "pod/shop-1",
  SOURCE: "example.com/scheduler, scheduler-0",
  MESSAGE: "went to n1",
  COUNT: 1,
});
prints("ValidatingAdmissionPolicy", good.policy, { VALIDATIONS: 1, PARAMKIND: "<unset>" });
prints("ValidatingAdmissionPolicyBinding", good.policyBinding, { POLICYNAME: "small", PARAMREF: "<unset>" });

const running = { name: "shop", ready: true, restartCount: 0, state: { running: {} } };
const podStates: readonly (readonly [
  status: JsonObject,
  ready: string,
  status: string,
  restarts: string,
  JsonObject?,
])[] = [
  [{ phase: "Pending" }, "0/1", "Pending", "0"],
  [{ phase: "Running", containerStatuses: [running] }, "1/1", "Running", "0"],
  [
    {
      phase: "Running",
      containerStatuses: [
        {
          ...running,
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, finishedAt: "2026-01-01T00:09:00Z" } },
        },
      ],
    },
    "0/1",
    "CrashLoopBackOff",
    "4 (60s ago)",
  ],
  [
    {
      phase: "Succeeded",
      containerStatuses: [
        { ...running, ready: false, state: { terminated: { exitCode: 0, reason: "Completed" } } },
      ],
    },
    "0/1",
    "Completed",
    "0",
  ],
  [
    {
      phase: "Failed",
      containerStatuses: [{ ...running, ready: false, state: { terminated: { exitCode: 3 } } }],
    },
    "0/1",
    "ExitCode:3",
    "0",
  ],
  [
    {
      phase: "Failed",
      containerStatuses: [{ ...running, ready: false, state: { terminated: { exitCode: 137, signal: 9 } } }],
    },
    "0/1",
    "Signal:9",
    "0",
  ],
  [{ phase: "Failed", reason: "Evicted" }, "0/1", "Evicted", "0"],
  [
    { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }] },
    "0/1",
    "SchedulingGated",
    "0",
  ],
  [
    {
      phase: "Pending",
      initContainerStatuses: [{ name: "init", state: { waiting: { reason: "PodInitializing" } } }],
    },
    "0/1",
    "Init:0/1",
    "0",
    { initContainers: [{ name: "init", image: "a" }] },
  ],
  [
    {
      phase: "Pending",
      initContainerStatuses: [{ name: "init", restartCount: 1, state: { terminated: { exitCode: 2 } } }],
    },
    "0/1",
    "Init:ExitCode:2",
    "1",
    { initContainers: [{ name: "init", image: "a" }] },
  ],
  [
    {
      phase: "Running",
      initContainerStatuses: [
        { name: "side", ready: true, started: true, restartCount: 2, state: { running: {} } },
      ],
      containerStatuses: [running],
    },
    "2/2",
    "Running",
    "2",
    { initContainers: [{ name: "side", image: "a", restartPolicy: "Always" }] },
  ],
];

test("Pod: ready, status and restarts", () => {
  for (const [status, ready, state, restarts, spec = {}] of podStates) {
    const pod = { ...good.pod, spec: { ...(good.pod["spec"] as JsonObject), ...spec }, status };
    const stored = verdict(pod);
    assert.deepEqual(stored.faults, []);
    const cells = row(stored.value, now);
    assert.deepEqual([cells["READY"], cells["STATUS"], cells["RESTARTS"]], [ready, state, restarts], state);
  }
  const leaving = edit(good.pod, {
    "metadata/deletionTimestamp": "2026-01-01T00:00:00Z",
    "status/phase": "Running",
  });
  assert.equal(row(leaving, now)["STATUS"], "Terminating");
});

test("Spans of time are short", () => {
  const SECOND = 1000;
  const DAY = 86_400 * SECOND;
  const spans: readonly (readonly [milliseconds: number, text: string])[] = [
    [-5 * SECOND, "<invalid>"],
    [-1 * SECOND, "0s"],
    [119 * SECOND, "119s"],
    [120 * SECOND, "2m"],
    [599 * SECOND, "9m59s"],
    [600 * SECOND, "10m"],
    [179 * 60 * SECOND, "179m"],
    [3 * 3600 * SECOND, "3h"],
    [3 * 3600 * SECOND + 61 * SECOND, "3h1m"],
    [47 * 3600 * SECOND, "47h"],
    [2 * DAY, "2d"],
    [2 * DAY + 3600 * SECOND, "2d1h"],
    [729 * DAY, "729d"],
    [731 * DAY, "2y1d"],
    [9 * 365 * DAY, "9y"],
  ];
  for (const [milliseconds, text] of spans) assert.equal(humanDuration(milliseconds), text);
});
