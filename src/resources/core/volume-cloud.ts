import { array, boolean, integer, object, optional, string } from "../schema/schema.ts";
import {
  optionalBoolean,
  optionalInt32,
  optionalString,
  optionalStringMap,
  optionalStrings,
} from "./fields.ts";
import { localObjectReference } from "./reference.ts";

export const awsElasticBlockStoreVolumeSource = object({
  fsType: optionalString,
  partition: optionalInt32,
  readOnly: optionalBoolean,
  volumeID: string(),
});

export const azureDiskVolumeSource = object({
  cachingMode: string({ enum: ["None", "ReadOnly", "ReadWrite"], default: "ReadWrite" }),
  diskName: string(),
  diskURI: string(),
  fsType: string({ default: "ext4" }),
  kind: string({ enum: ["Shared", "Dedicated", "Managed"], default: "Shared" }),
  readOnly: boolean({ default: false }),
});

export const azureFileVolumeSource = object({
  readOnly: optionalBoolean,
  secretName: string(),
  shareName: string(),
});

export const cephFSVolumeSource = object({
  monitors: array(string()),
  path: optionalString,
  readOnly: optionalBoolean,
  secretFile: optionalString,
  secretRef: optional(localObjectReference),
  user: optionalString,
});

export const cinderVolumeSource = object({
  fsType: optionalString,
  readOnly: optionalBoolean,
  secretRef: optional(localObjectReference),
  volumeID: string(),
});

export const fcVolumeSource = object({
  fsType: optionalString,
  lun: optionalInt32,
  readOnly: optionalBoolean,
  targetWWNs: optionalStrings,
  wwids: optionalStrings,
});

export const flexVolumeSource = object({
  driver: string(),
  fsType: optionalString,
  options: optionalStringMap,
  readOnly: optionalBoolean,
  secretRef: optional(localObjectReference),
});

export const flockerVolumeSource = object({ datasetName: optionalString, datasetUUID: optionalString });

export const gcePersistentDiskVolumeSource = object({
  fsType: optionalString,
  partition: optionalInt32,
  pdName: string(),
  readOnly: optionalBoolean,
});

export const glusterfsVolumeSource = object({
  endpoints: string(),
  path: string(),
  readOnly: optionalBoolean,
});

export const iscsiVolumeSource = object({
  chapAuthDiscovery: optionalBoolean,
  chapAuthSession: optionalBoolean,
  fsType: optionalString,
  initiatorName: optionalString,
  iqn: string(),
  iscsiInterface: string({ default: "default" }),
  lun: integer({ format: "int32" }),
  portals: optionalStrings,
  readOnly: optionalBoolean,
  secretRef: optional(localObjectReference),
  targetPortal: string(),
});

export const photonPersistentDiskVolumeSource = object({ fsType: optionalString, pdID: string() });

export const portworxVolumeSource = object({
  fsType: optionalString,
  readOnly: optionalBoolean,
  volumeID: string(),
});

export const quobyteVolumeSource = object({
  group: optionalString,
  readOnly: optionalBoolean,
  registry: string(),
  tenant: optionalString,
  user: optionalString,
  volume: string(),
});

export const rbdVolumeSource = object({
  fsType: optionalString,
  image: string(),
  keyring: string({ default: "/etc/ceph/keyring" }),
  monitors: array(string()),
  pool: string({ default: "rbd" }),
  readOnly: optionalBoolean,
  secretRef: optional(localObjectReference),
  user: string({ default: "admin" }),
});

export const scaleIOVolumeSource = object({
  fsType: string({ default: "xfs" }),
  gateway: string(),
  protectionDomain: optionalString,
  readOnly: optionalBoolean,
  secretRef: localObjectReference,
  sslEnabled: optionalBoolean,
  storageMode: string({ default: "ThinProvisioned" }),
  storagePool: optionalString,
  system: string(),
  volumeName: optionalString,
});

export const storageOSVolumeSource = object({
  fsType: optionalString,
  readOnly: optionalBoolean,
  secretRef: optional(localObjectReference),
  volumeName: optionalString,
  volumeNamespace: optionalString,
});

export const vsphereVirtualDiskVolumeSource = object({
  fsType: optionalString,
  storagePolicyID: optionalString,
  storagePolicyName: optionalString,
  volumePath: string(),
});
