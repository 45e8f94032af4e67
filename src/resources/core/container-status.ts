import { array, integer, object, optional, string } from "../schema/schema.ts";
import { resourceRequirements } from "./container-resources.ts";
import {
  optionalBoolean,
  optionalInt32,
  optionalInt64,
  optionalQuantities,
  optionalString,
  optionalTime,
} from "./fields.ts";

const resourceHealth = object({ health: optionalString, message: optionalString, resourceID: string() });

const resourceStatus = object({
  name: string(),
  resources: optional(array(resourceHealth, { mapKeys: ["resourceID"] })),
});

const containerStateRunning = object({ startedAt: optionalTime });

const containerStateTerminated = object({
  containerID: optionalString,
  exitCode: optionalInt32,
  finishedAt: optionalTime,
  message: optionalString,
  reason: optionalString,
  signal: optionalInt32,
  startedAt: optionalTime,
});

const containerStateWaiting = object({ message: optionalString, reason: optionalString });

const containerState = object({
  running: optional(containerStateRunning),
  terminated: optional(containerStateTerminated),
  waiting: optional(containerStateWaiting),
});

const linuxContainerUser = object({
  gid: optionalInt64,
  supplementalGroups: optional(array(integer({ format: "int64" }))),
  uid: optionalInt64,
});

const containerUser = object({ linux: optional(linuxContainerUser) });

const imageVolumeStatus = object({ imageRef: optionalString });

const volumeStatus = object({ image: optional(imageVolumeStatus) });

const volumeMountStatus = object({
  mountPath: string(),
  name: optionalString,
  readOnly: optionalBoolean,
  recursiveReadOnly: optionalString,
  volumeStatus: optional(volumeStatus),
});

export const containerStatus = object({
  allocatedResources: optionalQuantities,
  allocatedResourcesStatus: optional(array(resourceStatus, { mapKeys: ["name"], patchMergeKey: "name" })),
  containerID: optionalString,
  image: optionalString,
  imageID: optionalString,
  lastState: optional(containerState),
  name: string(),
  ready: optionalBoolean,
  resources: optional(resourceRequirements),
  restartCount: optionalInt32,
  started: optionalBoolean,
  state: optional(containerState),
  stopSignal: optionalString,
  user: optional(containerUser),
  volumeMounts: optional(array(volumeMountStatus, { mapKeys: ["mountPath"], patchMergeKey: "mountPath" })),
});
