import assert from "node:assert/strict";
import { test } from "node:test";
import { edit, verdict } from "./core.fixture.ts";
import * as good from "./manifests.fixture.ts";

const apps = (kind: string, group: string, spec: object) => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name: "a", namespace: "apps" },
  spec,
});

test("Service: what is said by other fields", () => {
  const { spec } = verdict(good.service).value;
  assert.equal(spec.type, "ClusterIP");
  assert.equal(spec.sessionAffinity, "None");
  assert.equal(spec.internalTrafficPolicy, "Cluster");
  assert.equal(spec.externalTrafficPolicy, undefined);
  assert.deepEqual(
    spec.ports.map((port: { targetPort: unknown; protocol: string }) => [port.targetPort, port.protocol]),
    [
      ["web", "TCP"],
      [9000, "TCP"],
    ],
  );
  const balanced = verdict(
    edit(good.service, {
      "spec/type": "LoadBalancer",
      "spec/sessionAffinity": "ClientIP",
      "spec/ports/1/targetPort": 0,
    }),
  ).value.spec;
  assert.equal(balanced.externalTrafficPolicy, "Cluster");
  assert.equal(balanced.allocateLoadBalancerNodePorts, true);
  assert.deepEqual(balanced.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10_800 } });
  assert.equal(balanced.ports[1].targetPort, 9000);
  const alias = verdict(
    edit(good.service, {
      spec: { type: "ExternalName", externalName: "a.example.com", sessionAffinity: "" },
    }),
  ).value.spec;
  assert.equal(alias.internalTrafficPolicy, undefined);
  assert.equal(alias.sessionAffinity, "None");
});

test("Pod: what the server fills in", () => {
  const { spec } = verdict(good.pod).value;
  const [container] = spec.containers;
  assert.deepEqual(
    [spec.restartPolicy, spec.dnsPolicy, spec.terminationGracePeriodSeconds, spec.schedulerName],
    ["Always", "ClusterFirst", 30, "default-scheduler"],
  );
  assert.deepEqual([spec.securityContext, spec.enableServiceLinks], [{}, true]);
  assert.deepEqual(container.resources, {
    limits: { cpu: "500m", memory: "64Mi" },
    requests: { cpu: "100m", memory: "64Mi" },
  });
  assert.deepEqual(container.readinessProbe, {
    httpGet: { port: "web", path: "/", scheme: "HTTP" },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  assert.deepEqual(
    [container.terminationMessagePath, container.terminationMessagePolicy, container.ports[0].protocol],
    ["/dev/termination-log", "File", "TCP"],
  );
  assert.deepEqual(container.env[2].valueFrom.fieldRef, { apiVersion: "v1", fieldPath: "spec.nodeName" });
  assert.deepEqual(spec.volumes, [
    { name: "config", configMap: { name: "shop", defaultMode: 420 } },
    { name: "scratch", emptyDir: {} },
  ]);
});

test("Pod: images are pulled by their tag", () => {
  const images = {
    shop: "Always",
    "shop:latest": "Always",
    "shop:1.2": "IfNotPresent",
    "registry.example:5000/shop": "Always",
    "registry.example:5000/shop:v1": "IfNotPresent",
    "shop@sha256:0123": "IfNotPresent",
    "shop:latest@sha256:0123": "IfNotPresent",
  };
  for (const [image, policy] of Object.entries(images)) {
    const { spec } = verdict(edit(good.pod, { "spec/containers/0/image": image })).value;
    assert.equal(spec.containers[0].imagePullPolicy, policy, image);
  }
});

test("Pod: ports of the node's network, account", () => {
  const pod = verdict(edit(good.pod, { "spec/hostNetwork": true, "spec/serviceAccount": "robot" })).value;
  assert.equal(pod.spec.containers[0].ports[0].hostPort, 8080);
  assert.equal(pod.spec.serviceAccountName, "robot");
  const { status } = verdict(edit(good.pod, { "status/podIP": "10.1.0.4" })).value;
  assert.deepEqual(status, { podIP: "10.1.0.4", podIPs: [{ ip: "10.1.0.4" }] });
});

test("Workloads: numbers, strategies and templates", () => {
  const { spec, status } = verdict(edit(good.deployment, { "spec/replicas": undefined })).value;
  assert.deepEqual(
    [spec.replicas, spec.revisionHistoryLimit, spec.progressDeadlineSeconds, status],
    [1, 10, 600, {}],
  );
  assert.deepEqual(spec.strategy, {
    type: "RollingUpdate",
    rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" },
  });
  assert.equal(spec.template.spec.containers[0].imagePullPolicy, "IfNotPresent");
  assert.equal(spec.template.spec.enableServiceLinks, undefined, "of pods only");
  assert.deepEqual(
    verdict(edit(good.deployment, { "spec/strategy": { type: "Recreate" } })).value.spec.strategy,
    {
      type: "Recreate",
    },
  );
  const template = { spec: good.podSpec };
  const set = verdict(apps("StatefulSet", "apps", { serviceName: "a", template })).value.spec;
  assert.deepEqual(
    [set.replicas, set.podManagementPolicy, set.updateStrategy, set.persistentVolumeClaimRetentionPolicy],
    [
      1,
      "OrderedReady",
      { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      { whenDeleted: "Retain", whenScaled: "Retain" },
    ],
  );
  assert.equal(set.template.spec.restartPolicy, "Always");
  const job = verdict(apps("Job", "batch", { template })).value.spec;
  assert.deepEqual([job.completions, job.parallelism, job.backoffLimit, job.suspend], [1, 1, 6, false]);
  const cron = verdict(apps("CronJob", "batch", { schedule: "@daily", jobTemplate: { spec: { template } } }))
    .value.spec;
  assert.equal(cron.jobTemplate.spec.template.spec.containers[0].imagePullPolicy, "IfNotPresent");
});

test("The rest of the kinds", () => {
  assert.equal(verdict(good.namespace).value.metadata.labels["kubernetes.io/metadata.name"], "plain");
  assert.deepEqual(verdict(good.namespace).value.status, { phase: "Active" });
  assert.deepEqual(verdict(good.roleBinding).value.roleRef.apiGroup, "rbac.authorization.k8s.io");
  assert.deepEqual(
    verdict(good.roleBinding).value.subjects.map((subject: { apiGroup?: string }) => subject.apiGroup),
    ["rbac.authorization.k8s.io", undefined, "rbac.authorization.k8s.io"],
  );
  assert.deepEqual(verdict(good.node).value.spec.podCIDRs, ["10.1.0.0/24"]);
  assert.deepEqual(verdict(good.node).value.status.allocatable, { cpu: "4", memory: "8Gi" });
  const { names, conversion } = verdict(good.definition).value.spec;
  assert.deepEqual([names.singular, names.listKind, conversion], ["cake", "CakeList", { strategy: "None" }]);
  const { matchConstraints, failurePolicy } = verdict(good.policy).value.spec;
  assert.deepEqual(
    [failurePolicy, matchConstraints.matchPolicy, matchConstraints.namespaceSelector],
    ["Fail", "Equivalent", {}],
  );
  assert.equal(verdict(good.ingressClass).value.spec.parameters.scope, "Cluster");
  assert.deepEqual(verdict(edit(good.endpointSlice, { endpoints: null })).value.endpoints, []);
});

test("Secret: plain text becomes data, and wins", () => {
  const { value, faults } = verdict(
    edit(good.secret, { "stringData/tls.crt": "hällo", "stringData/__proto__x": "" }),
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(value.data, { "tls.crt": "aMOkbGxv", "tls.key": "cGxhaW4=", __proto__x: "" });
  assert.equal(value.stringData, undefined);
  assert.deepEqual(verdict(edit(good.secret, { "stringData/a": 1 })).faults, [
    "stringData.a: Expected a string, found a number",
  ]);
});
