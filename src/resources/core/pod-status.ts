import { array, object, optional, string } from "../schema/schema.ts";
import { resourceRequirements } from "./container-resources.ts";
import { containerStatus } from "./container-status.ts";
import { optionalInt64, optionalQuantities, optionalString, optionalTime } from "./fields.ts";

const podCondition = object({
  lastProbeTime: optionalTime,
  lastTransitionTime: optionalTime,
  message: optionalString,
  observedGeneration: optionalInt64,
  reason: optionalString,
  status: optional(string({ enum: ["True", "False", "Unknown"] })),
  type: string(),
});

const containerExtendedResourceRequest = object({
  containerName: optionalString,
  requestName: optionalString,
  resourceName: optionalString,
});

const podExtendedResourceClaimStatus = object({
  requestMappings: optional(array(containerExtendedResourceRequest)),
  resourceClaimName: optionalString,
});

const hostIP = object({ ip: string() });

const nodeAllocatableResourceClaimStatus = object({
  containers: optional(array(string(), { set: true })),
  resourceClaimName: optionalString,
  resources: optionalQuantities,
});

const podIP = object({ ip: string() });

const podResourceClaimStatus = object({ name: string(), resourceClaimName: optionalString });

export const podStatus = object({
  allocatedResources: optionalQuantities,
  conditions: optional(array(podCondition, { mapKeys: ["type"], patchMergeKey: "type" })),
  containerStatuses: optional(array(containerStatus)),
  ephemeralContainerStatuses: optional(array(containerStatus)),
  extendedResourceClaimStatus: optional(podExtendedResourceClaimStatus),
  hostIP: optionalString,
  hostIPs: optional(array(hostIP, { patchMergeKey: "ip" })),
  initContainerStatuses: optional(array(containerStatus)),
  message: optionalString,
  nodeAllocatableResourceClaimStatuses: optional(array(nodeAllocatableResourceClaimStatus)),
  nominatedNodeName: optionalString,
  observedGeneration: optionalInt64,
  phase: optional(string({ enum: ["", "Pending", "Running", "Succeeded", "Failed", "Unknown"] })),
  podIP: optionalString,
  podIPs: optional(array(podIP, { mapKeys: ["ip"], patchMergeKey: "ip" })),
  qosClass: optional(string({ enum: ["", "Guaranteed", "Burstable", "BestEffort"] })),
  reason: optionalString,
  resize: optionalString,
  resourceClaimStatuses: optional(
    array(podResourceClaimStatus, { mapKeys: ["name"], patchMergeKey: "name", retainKeys: true }),
  ),
  resources: optional(resourceRequirements),
  startTime: optionalTime,
});
