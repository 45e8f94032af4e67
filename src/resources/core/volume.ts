import { dnsLabel } from "../schema/forms.ts";
import { array, type Check, integer, object, optional, string } from "../schema/schema.ts";
import { noBacksteps } from "./checks.ts";
import {
  optionalBoolean,
  optionalQuantities,
  optionalQuantity,
  optionalString,
  optionalStringMap,
} from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { templateMetadata } from "./metadata.ts";
import { fileMode } from "./names.ts";
import { localObjectReference, typedLocalObjectReference, typedObjectReference } from "./reference.ts";
import {
  awsElasticBlockStoreVolumeSource,
  azureDiskVolumeSource,
  azureFileVolumeSource,
  cephFSVolumeSource,
  cinderVolumeSource,
  fcVolumeSource,
  flexVolumeSource,
  flockerVolumeSource,
  gcePersistentDiskVolumeSource,
  glusterfsVolumeSource,
  iscsiVolumeSource,
  photonPersistentDiskVolumeSource,
  portworxVolumeSource,
  quobyteVolumeSource,
  rbdVolumeSource,
  scaleIOVolumeSource,
  storageOSVolumeSource,
  vsphereVirtualDiskVolumeSource,
} from "./volume-cloud.ts";
import { downwardAPIVolumeFile, keyToPath, projectedVolumeSource } from "./volume-projection.ts";

const oneSource: Check<Readonly<Record<string, unknown>>> = (one, fail) => {
  const sources = Object.keys(one).filter((name) => name !== "name");
  if (sources.length === 0)
    fail("A volume needs a source, such as emptyDir, configMap or secret", [], "value", "FieldValueRequired");
  for (const name of sources.slice(1))
    fail(`Cannot stand beside "${sources[0]}": choose one`, [name], "key", "FieldValueForbidden");
};

const configMapVolumeSource = object({
  defaultMode: integer({ default: 420, ...fileMode }),
  items: optional(array(keyToPath)),
  name: string({ default: "" }),
  optional: optionalBoolean,
});

const csiVolumeSource = object({
  driver: string(),
  fsType: optionalString,
  nodePublishSecretRef: optional(localObjectReference),
  readOnly: optionalBoolean,
  volumeAttributes: optionalStringMap,
});

const downwardAPIVolumeSource = object({
  defaultMode: integer({ default: 420, ...fileMode }),
  items: optional(array(downwardAPIVolumeFile)),
});

const emptyDirVolumeSource = object({ medium: optionalString, sizeLimit: optionalQuantity });

const volumeResourceRequirements = object({ limits: optionalQuantities, requests: optionalQuantities });

const persistentVolumeClaimSpec = object({
  accessModes: optional(
    array(string({ enum: ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"] })),
  ),
  dataSource: optional(typedLocalObjectReference),
  dataSourceRef: optional(typedObjectReference),
  resources: optional(volumeResourceRequirements),
  selector: optional(labelSelector),
  storageClassName: optionalString,
  volumeAttributesClassName: optionalString,
  volumeMode: string({ enum: ["Block", "Filesystem"], default: "Filesystem" }),
  volumeName: optionalString,
});

const persistentVolumeClaimTemplate = object({
  metadata: optional(templateMetadata),
  spec: persistentVolumeClaimSpec,
});

const ephemeralVolumeSource = object({ volumeClaimTemplate: persistentVolumeClaimTemplate });

const gitRepoVolumeSource = object({
  directory: optionalString,
  repository: string(),
  revision: optionalString,
});

const hostPathVolumeSource = object({
  path: string({ minLength: 1, checks: [noBacksteps] }),
  type: string({
    enum: [
      "",
      "DirectoryOrCreate",
      "Directory",
      "FileOrCreate",
      "File",
      "Socket",
      "CharDevice",
      "BlockDevice",
    ],
    default: "",
  }),
});

const imageVolumeSource = object({
  pullPolicy: optional(string({ enum: ["Always", "Never", "IfNotPresent"] })),
  reference: optionalString,
});

const nfsVolumeSource = object({
  path: string({ minLength: 1 }),
  readOnly: optionalBoolean,
  server: string({ minLength: 1 }),
});

const persistentVolumeClaimVolumeSource = object({
  claimName: string({ minLength: 1 }),
  readOnly: optionalBoolean,
});

const secretVolumeSource = object({
  defaultMode: integer({ default: 420, ...fileMode }),
  items: optional(array(keyToPath)),
  optional: optionalBoolean,
  secretName: optionalString,
});

export const volume = object(
  {
    awsElasticBlockStore: optional(awsElasticBlockStoreVolumeSource),
    azureDisk: optional(azureDiskVolumeSource),
    azureFile: optional(azureFileVolumeSource),
    cephfs: optional(cephFSVolumeSource),
    cinder: optional(cinderVolumeSource),
    configMap: optional(configMapVolumeSource),
    csi: optional(csiVolumeSource),
    downwardAPI: optional(downwardAPIVolumeSource),
    emptyDir: optional(emptyDirVolumeSource),
    ephemeral: optional(ephemeralVolumeSource),
    fc: optional(fcVolumeSource),
    flexVolume: optional(flexVolumeSource),
    flocker: optional(flockerVolumeSource),
    gcePersistentDisk: optional(gcePersistentDiskVolumeSource),
    gitRepo: optional(gitRepoVolumeSource),
    glusterfs: optional(glusterfsVolumeSource),
    hostPath: optional(hostPathVolumeSource),
    image: optional(imageVolumeSource),
    iscsi: optional(iscsiVolumeSource),
    name: string({ description: "Unique in the pod.", ...dnsLabel }),
    nfs: optional(nfsVolumeSource),
    persistentVolumeClaim: optional(persistentVolumeClaimVolumeSource),
    photonPersistentDisk: optional(photonPersistentDiskVolumeSource),
    portworxVolume: optional(portworxVolumeSource),
    projected: optional(projectedVolumeSource),
    quobyte: optional(quobyteVolumeSource),
    rbd: optional(rbdVolumeSource),
    scaleIO: optional(scaleIOVolumeSource),
    secret: optional(secretVolumeSource),
    storageos: optional(storageOSVolumeSource),
    vsphereVolume: optional(vsphereVirtualDiskVolumeSource),
  },
  { description: "A place for files that containers of the pod mount.", checks: [oneSource] },
);
