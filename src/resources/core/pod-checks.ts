import type { Fail, Path } from "../schema/schema.ts";

/** Rules between the parts of a pod. */

interface Probe {
  readonly successThreshold: number;
  readonly terminationGracePeriodSeconds?: number;
}

interface ContainerPort {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol: string;
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly ports?: readonly ContainerPort[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly subPath?: string;
    readonly subPathExpr?: string;
  }[];
  readonly volumeDevices?: readonly { readonly name: string }[];
  readonly lifecycle?: unknown;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}

interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly dnsPolicy: string;
  readonly dnsConfig?: { readonly nameservers?: readonly string[] };
}

export function soundPod(pod: Pod, fail: Fail): void {
  const lists = [
    ["containers", pod.containers],
    ["initContainers", pod.initContainers ?? []],
    ["ephemeralContainers", pod.ephemeralContainers ?? []],
  ] as const;
  const volumes = new Set((pod.volumes ?? []).map((volume) => volume.name));
  const names = new Map<string, string>();
  for (const [list, containers] of lists) {
    containers.forEach((container, index) => {
      const at = [list, index];
      const taken = names.get(container.name);
      // Duplicates inside of one list are the list's own fault.
      if (taken !== undefined && taken !== list)
        fail(
          `Name "${container.name}" is taken in ${taken}`,
          [...at, "name"],
          "value",
          "FieldValueDuplicate",
        );
      names.set(container.name, list);
      mounts(container, volumes, at, fail);
      probes(container, at, fail);
      if (list === "initContainers" && container.restartPolicy !== "Always") onceOnly(container, at, fail);
      if (pod.hostNetwork === true) hostPortsEqual(container, at, fail);
    });
  }
  hostPortsOnce(pod.containers, fail);
  if (pod.dnsPolicy === "None" && (pod.dnsConfig?.nameservers ?? []).length === 0) {
    fail("The dnsPolicy None needs nameservers", ["dnsConfig", "nameservers"], "key", "FieldValueRequired");
  }
  if (pod.hostPID === true && pod.shareProcessNamespace === true) {
    fail("Cannot stand beside hostPID", ["shareProcessNamespace"], "key", "FieldValueForbidden");
  }
}

function mounts(container: Container, volumes: ReadonlySet<string>, at: Path, fail: Fail): void {
  (container.volumeMounts ?? []).forEach(({ name, subPath = "", subPathExpr = "" }, index) => {
    const path = [...at, "volumeMounts", index];
    if (!volumes.has(name)) fail(`The pod has no volume "${name}"`, [...path, "name"]);
    if (subPath !== "" && subPathExpr !== "")
      fail("Cannot stand beside subPath", [...path, "subPathExpr"], "key", "FieldValueForbidden");
  });
  (container.volumeDevices ?? []).forEach(({ name }, index) => {
    if (!volumes.has(name)) fail(`The pod has no volume "${name}"`, [...at, "volumeDevices", index, "name"]);
  });
}

function probes(container: Container, at: Path, fail: Fail): void {
  for (const name of ["livenessProbe", "startupProbe"] as const) {
    const probe = container[name];
    if (probe !== undefined && probe.successThreshold !== 1)
      fail(`Must be 1 for a ${name}`, [...at, name, "successThreshold"]);
  }
  if (container.readinessProbe?.terminationGracePeriodSeconds !== undefined) {
    fail(
      "A readinessProbe ends nothing",
      [...at, "readinessProbe", "terminationGracePeriodSeconds"],
      "key",
      "FieldValueForbidden",
    );
  }
}

/** An init container that runs once has no life to look after. */
function onceOnly(container: Container, at: Path, fail: Fail): void {
  for (const name of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const) {
    if (container[name] !== undefined)
      fail(
        "Init containers have it with restartPolicy Always only",
        [...at, name],
        "key",
        "FieldValueForbidden",
      );
  }
}

function hostPortsEqual({ ports = [] }: Container, at: Path, fail: Fail): void {
  ports.forEach(({ containerPort, hostPort = 0 }, index) => {
    if (hostPort !== 0 && hostPort !== containerPort) {
      fail(`Must be ${containerPort}: the pod uses the network of its node`, [
        ...at,
        "ports",
        index,
        "hostPort",
      ]);
    }
  });
}

function hostPortsOnce(containers: readonly Container[], fail: Fail): void {
  const taken = new Set<string>();
  containers.forEach(({ ports = [] }, index) =>
    ports.forEach(({ hostPort = 0, hostIP = "", protocol }, place) => {
      if (hostPort === 0) return;
      const key = `${protocol} ${hostIP} ${hostPort}`;
      if (taken.has(key))
        fail(
          `Port ${hostPort} of the node is taken by an earlier port`,
          ["containers", index, "ports", place, "hostPort"],
          "value",
          "FieldValueDuplicate",
        );
      taken.add(key);
    }),
  );
}
