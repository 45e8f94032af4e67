import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, cacheFolder, go } from "./go.ts";
import type { ServerName } from "./options.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const controlPlane = join(here, "control-plane");
const node = join(here, "node");

const always = ["kubectl", "kube-controller-manager", "kube-scheduler", "kube-proxy"];
const oracle = ["kube-apiserver", "etcd"];

/**
 * Builds the programs that are not in the cache yet: minutes from nothing. `GATEWRIGHT_CACHE` is another place for it.
 *
 * @returns The folder that has them.
 */
export function buildPrograms(server: ServerName): string {
  const folder = cacheFolder([controlPlane, node]);
  const flags = versionFlags();
  for (const name of server === "kube-apiserver" ? [...always, ...oracle] : always) {
    const source = name === "etcd" ? "go.etcd.io/etcd/server/v3" : `k8s.io/kubernetes/cmd/${name}`;
    build({ module: controlPlane, source, output: join(folder, name), flags });
  }
  build({ module: node, source: ".", output: join(folder, "node") });
  return folder;
}

/** The programs say their own version only when the linker tells them. */
function versionFlags(): string {
  const version = go(controlPlane, ["list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes"]).trim();
  const [, minor = ""] = version.split(".");
  const values = { gitVersion: version, gitMajor: "1", gitMinor: minor, gitTreeState: "clean" };
  const own = Object.entries(values).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return [...own, `-X k8s.io/client-go/pkg/version.gitVersion=${version}`].join(" ");
}
