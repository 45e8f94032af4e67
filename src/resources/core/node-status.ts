import { array, object, optional, string } from "../schema/schema.ts";
import {
  optionalBoolean,
  optionalInt32,
  optionalInt64,
  optionalQuantities,
  optionalString,
  optionalStrings,
  optionalTime,
} from "./fields.ts";

const configMapNodeConfigSource = object({
  kubeletConfigKey: optionalString,
  name: string(),
  namespace: string(),
  resourceVersion: optionalString,
  uid: optionalString,
});

export const nodeConfigSource = object({ configMap: optional(configMapNodeConfigSource) });

const nodeAddress = object({ address: string(), type: string() });

const nodeCondition = object({
  lastHeartbeatTime: optionalTime,
  lastTransitionTime: optionalTime,
  message: optionalString,
  reason: optionalString,
  status: optional(string({ enum: ["True", "False", "Unknown"] })),
  type: string(),
});

const nodeConfigStatus = object({
  active: optional(nodeConfigSource),
  assigned: optional(nodeConfigSource),
  error: optionalString,
  lastKnownGood: optional(nodeConfigSource),
});

const daemonEndpoint = object({ Port: optionalInt32 });

const nodeDaemonEndpoints = object({ kubeletEndpoint: { ...daemonEndpoint, default: { Port: 0 } } });

const nodeFeatures = object({ supplementalGroupsPolicy: optionalBoolean });

const containerImage = object({ names: optionalStrings, sizeBytes: optionalInt64 });

const nodeSwapStatus = object({ capacity: optionalInt64 });

const nodeSystemInfo = object({
  architecture: optionalString,
  bootID: optionalString,
  containerRuntimeVersion: optionalString,
  kernelVersion: optionalString,
  kubeProxyVersion: optionalString,
  kubeletVersion: optionalString,
  machineID: optionalString,
  operatingSystem: optionalString,
  osImage: optionalString,
  swap: optional(nodeSwapStatus),
  systemUUID: optionalString,
});

const nodeRuntimeHandlerFeatures = object({
  recursiveReadOnlyMounts: optionalBoolean,
  userNamespaces: optionalBoolean,
});

const nodeRuntimeHandler = object({ features: optional(nodeRuntimeHandlerFeatures), name: optionalString });

const attachedVolume = object({ devicePath: optionalString, name: optionalString });

export const nodeStatus = object({
  addresses: optional(array(nodeAddress, { mapKeys: ["type"], patchMergeKey: "type", repeats: true })),
  allocatable: optionalQuantities,
  capacity: optionalQuantities,
  conditions: optional(array(nodeCondition, { mapKeys: ["type"], patchMergeKey: "type" })),
  config: optional(nodeConfigStatus),
  daemonEndpoints: { ...nodeDaemonEndpoints, default: {} },
  declaredFeatures: optionalStrings,
  features: optional(nodeFeatures),
  images: optional(array(containerImage)),
  nodeInfo: optional(nodeSystemInfo),
  phase: optionalString,
  runtimeHandlers: optional(array(nodeRuntimeHandler)),
  volumesAttached: optional(array(attachedVolume)),
  volumesInUse: optionalStrings,
});
