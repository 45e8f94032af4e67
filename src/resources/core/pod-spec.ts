import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from "../schema/forms.ts";
import { array, integer, map, object, optional, string } from "../schema/schema.ts";
import { affinity } from "./affinity.ts";
import { exactlyOne, ipAddress } from "./checks.ts";
import { resourceRequirements } from "./container-resources.ts";
import { container, ephemeralContainer } from "./container.ts";
import { optionalBoolean, optionalInt32, optionalQuantities, optionalString } from "./fields.ts";
import { templateMetadata } from "./metadata.ts";
import { optionalLabel } from "./names.ts";
import { soundPod } from "./pod-checks.ts";
import { localObjectReference } from "./reference.ts";
import {
  podReadinessGate,
  podSchedulingGate,
  podSchedulingGroup,
  toleration,
  topologySpreadConstraint,
} from "./scheduling.ts";
import { podSecurityContext } from "./security-context.ts";
import { volume } from "./volume.ts";

const hostAlias = object({
  hostnames: optional(array(string(dnsSubdomain))),
  ip: string({ checks: [ipAddress] }),
});

const podDNSConfigOption = object({ name: optionalString, value: optionalString });

const podDNSConfig = object({
  nameservers: optional(array(string({ checks: [ipAddress] }), { maxItems: 3 })),
  options: optional(array(podDNSConfigOption)),
  searches: optional(array(string(), { maxItems: 32 })),
});

const podOS = object({ name: string({ enum: ["linux", "windows"] }) });

const podResourceClaim = object(
  {
    name: string(dnsLabel),
    resourceClaimName: optionalString,
    resourceClaimTemplateName: optionalString,
  },
  { checks: [exactlyOne("resourceClaimName", "resourceClaimTemplateName")] },
);

export const podSpec = object(
  {
    activeDeadlineSeconds: optional(integer({ format: "int64", min: 1, max: 2147483647 })),
    affinity: optional(affinity),
    automountServiceAccountToken: optionalBoolean,
    containers: array(container, {
      mapKeys: ["name"],
      patchMergeKey: "name",
      description: "The programs that run side by side.",
      minItems: 1,
    }),
    dnsConfig: optional(podDNSConfig),
    dnsPolicy: string({
      enum: ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
      default: "ClusterFirst",
    }),
    enableServiceLinks: optionalBoolean,
    ephemeralContainers: optional(array(ephemeralContainer, { mapKeys: ["name"], patchMergeKey: "name" })),
    hostAliases: optional(array(hostAlias, { mapKeys: ["ip"], patchMergeKey: "ip", repeats: true })),
    hostIPC: optionalBoolean,
    hostNetwork: optionalBoolean,
    hostPID: optionalBoolean,
    hostUsers: optionalBoolean,
    hostname: optional(string(optionalLabel)),
    hostnameOverride: optionalString,
    imagePullSecrets: optional(
      array(localObjectReference, {
        mapKeys: ["name"],
        patchMergeKey: "name",
        description: "Secrets for the registries.",
        repeats: true,
      }),
    ),
    initContainers: optional(
      array(container, {
        mapKeys: ["name"],
        patchMergeKey: "name",
        description: "Programs that run one after the other before them.",
      }),
    ),
    nodeName: optional(
      string({ description: "The node that the pod runs on; set by the scheduler.", ...dnsSubdomain }),
    ),
    nodeSelector: optional(
      map(string(labelValue), {
        keys: qualifiedName,
        atomic: true,
        description: "Labels that the node must have.",
      }),
    ),
    os: optional(podOS),
    overhead: optionalQuantities,
    preemptionPolicy: optional(string({ enum: ["PreemptLowerPriority", "Never"] })),
    priority: optionalInt32,
    priorityClassName: optionalString,
    readinessGates: optional(array(podReadinessGate)),
    resourceClaims: optional(
      array(podResourceClaim, { mapKeys: ["name"], patchMergeKey: "name", retainKeys: true }),
    ),
    resources: optional(resourceRequirements),
    restartPolicy: string({ enum: ["Always", "OnFailure", "Never"], default: "Always" }),
    runtimeClassName: optionalString,
    schedulerName: string({ default: "default-scheduler" }),
    schedulingGates: optional(array(podSchedulingGate, { mapKeys: ["name"], patchMergeKey: "name" })),
    schedulingGroup: optional(podSchedulingGroup),
    securityContext: { ...podSecurityContext, default: {} },
    serviceAccount: optionalString,
    serviceAccountName: optional(
      string({ description: "Who the pod is when it calls the API.", ...dnsSubdomain }),
    ),
    setHostnameAsFQDN: optionalBoolean,
    shareProcessNamespace: optionalBoolean,
    subdomain: optional(string(optionalLabel)),
    terminationGracePeriodSeconds: integer({ format: "int64", default: 30, min: 0 }),
    tolerations: optional(array(toleration)),
    topologySpreadConstraints: optional(
      array(topologySpreadConstraint, {
        mapKeys: ["topologyKey", "whenUnsatisfiable"],
        patchMergeKey: "topologyKey",
      }),
    ),
    volumes: optional(
      array(volume, {
        mapKeys: ["name"],
        patchMergeKey: "name",
        retainKeys: true,
        description: "Places for files that the containers mount.",
      }),
    ),
  },
  { description: "What a pod runs, and where.", checks: [soundPod] },
);

export const podTemplateSpec = object(
  { metadata: optional(templateMetadata), spec: podSpec },
  { description: "What each of the pods looks like." },
);
