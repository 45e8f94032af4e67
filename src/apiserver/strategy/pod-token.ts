import { randomBytes } from "node:crypto";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";

/** Where programs in a pod look for the credentials of its service account. */
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
/** Seconds; three seconds more than an hour tell these tokens from those that programs ask for themselves. */
const TOKEN_SECONDS = 3607;

/** The spec with a volume that holds token, CA certificate and namespace, mounted in every container without one. */
export function mountToken(spec: JsonObject): JsonObject {
  const volume = `kube-api-access-${randomBytes(4).toString("hex").slice(0, 5)}`;
  const mount = { name: volume, readOnly: true, mountPath: MOUNT_PATH };
  let isMounted = false;
  const mounted = (list: unknown) =>
    Array.isArray(list)
      ? list.map((container) => {
          if (!isJsonObject(container)) return container as unknown;
          const mounts = Array.isArray(container["volumeMounts"])
            ? (container["volumeMounts"] as readonly unknown[])
            : [];
          if (mounts.some((each) => isJsonObject(each) && each["mountPath"] === MOUNT_PATH)) return container;
          isMounted = true;
          return { ...container, volumeMounts: [...mounts, mount] };
        })
      : list;
  const containers = mounted(spec["containers"]);
  const initContainers = mounted(spec["initContainers"]);
  if (!isMounted) return spec;
  const volumes = Array.isArray(spec["volumes"]) ? (spec["volumes"] as readonly unknown[]) : [];
  return {
    ...spec,
    containers,
    ...(initContainers !== undefined && { initContainers }),
    volumes: [...volumes, tokenVolume(volume)],
  };
}

function tokenVolume(name: string): JsonObject {
  const namespace = { path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } };
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [namespace] } },
      ],
    },
  };
}
