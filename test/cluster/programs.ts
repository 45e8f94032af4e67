import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
  const folder = join(cacheFolder(), digest());
  mkdirSync(folder, { recursive: true });
  const flags = versionFlags();
  for (const name of server === "kube-apiserver" ? [...always, ...oracle] : always) {
    const source = name === "etcd" ? "go.etcd.io/etcd/server/v3" : `k8s.io/kubernetes/cmd/${name}`;
    build(controlPlane, source, join(folder, name), flags);
  }
  build(node, ".", join(folder, "node"), "");
  return folder;
}

function cacheFolder(): string {
  const { GATEWRIGHT_CACHE: given, XDG_CACHE_HOME: cache = join(homedir(), ".cache") } = process.env;
  return given ?? join(cache, "gatewright", "cluster");
}

/** Of everything that the programs are made from. */
function digest(): string {
  const hash = createHash("sha256");
  for (const folder of [controlPlane, node]) {
    for (const name of readdirSync(folder).toSorted())
      hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** The programs say their own version only when the linker tells them. */
function versionFlags(): string {
  const version = run(controlPlane, ["list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes"]).trim();
  const [, minor = ""] = version.split(".");
  const values = { gitVersion: version, gitMajor: "1", gitMinor: minor, gitTreeState: "clean" };
  const own = Object.entries(values).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return [...own, `-X k8s.io/client-go/pkg/version.gitVersion=${version}`].join(" ");
}

function build(folder: string, source: string, output: string, flags: string): void {
  if (existsSync(output)) return;
  process.stderr.write(`Building ${output.slice(output.lastIndexOf("/") + 1)} ...\n`);
  run(folder, ["build", "-trimpath", "-ldflags", `-s -w ${flags}`, "-o", output, source]);
}

function run(cwd: string, args: readonly string[]): string {
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOTOOLCHAIN: "auto" };
  const { status, stdout } = spawnSync("go", args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`go ${args[0] ?? ""} failed in ${cwd}: the lines above say why`);
  return stdout;
}
