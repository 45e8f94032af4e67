import { array, integer, object, optional, string } from "../schema/schema.ts";
import { exactlyOne, localPath } from "./checks.ts";
import { objectFieldSelector, resourceFieldSelector } from "./environment.ts";
import { optionalBoolean, optionalInt32, optionalString, optionalStringMap } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { fileMode } from "./names.ts";

export const keyToPath = object({
  key: string({ minLength: 1 }),
  mode: optional(integer(fileMode)),
  path: string({ minLength: 1, checks: [localPath] }),
});

export const downwardAPIVolumeFile = object(
  {
    fieldRef: optional(objectFieldSelector),
    mode: optional(integer(fileMode)),
    path: string({ minLength: 1, checks: [localPath] }),
    resourceFieldRef: optional(resourceFieldSelector),
  },
  { checks: [exactlyOne("fieldRef", "resourceFieldRef")] },
);

const clusterTrustBundleProjection = object({
  labelSelector: optional(labelSelector),
  name: optionalString,
  optional: optionalBoolean,
  path: string({ minLength: 1, checks: [localPath] }),
  signerName: optionalString,
});

const configMapProjection = object({
  items: optional(array(keyToPath)),
  name: string({ default: "" }),
  optional: optionalBoolean,
});

const downwardAPIProjection = object({ items: optional(array(downwardAPIVolumeFile)) });

const podCertificateProjection = object({
  certificateChainPath: optionalString,
  credentialBundlePath: optionalString,
  keyPath: optionalString,
  keyType: string(),
  maxExpirationSeconds: optionalInt32,
  signerName: string(),
  userAnnotations: optionalStringMap,
});

const secretProjection = object({
  items: optional(array(keyToPath)),
  name: string({ default: "" }),
  optional: optionalBoolean,
});

const serviceAccountTokenProjection = object({
  audience: optionalString,
  expirationSeconds: integer({ format: "int64", default: 3600, min: 600, max: 4294967296 }),
  path: string({ minLength: 1, checks: [localPath] }),
});

const volumeProjection = object(
  {
    clusterTrustBundle: optional(clusterTrustBundleProjection),
    configMap: optional(configMapProjection),
    downwardAPI: optional(downwardAPIProjection),
    podCertificate: optional(podCertificateProjection),
    secret: optional(secretProjection),
    serviceAccountToken: optional(serviceAccountTokenProjection),
  },
  {
    checks: [
      exactlyOne(
        "clusterTrustBundle",
        "configMap",
        "downwardAPI",
        "podCertificate",
        "secret",
        "serviceAccountToken",
      ),
    ],
  },
);

export const projectedVolumeSource = object({
  defaultMode: integer({ default: 420, ...fileMode }),
  sources: optional(array(volumeProjection)),
});
