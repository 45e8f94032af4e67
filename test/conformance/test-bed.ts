import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "../cluster/control-plane.ts";
import { Keys } from "../cluster/keys.ts";
import { Kubectl } from "../cluster/kubectl.ts";
import { NODE_ADDRESS, Site } from "../cluster/site.ts";
import { root } from "../../tools/run-command.ts";
import { serverOf, type Mode } from "./options.ts";
import type { Programs } from "./programs.ts";
import { gatewayClass } from "./suite.ts";

/** Milliseconds until Gatewright serves what the cluster holds. */
const START_LIMIT = 60_000;
/** Milliseconds between two looks at its log. */
const LOOK = 50;

const controllerName = "gatewright.dev/gateway-controller";

/** The program under test, by its log. */
const SUBJECT = "gateway";

/** A cluster with the Gateway API in it, and Gatewright beside it. */
export interface TestBed {
  readonly site: Site;
  readonly kubectl: Kubectl;
}

/** Of this checkout: another one has another cluster. */
function placeOf(mode: Mode): { readonly name: string; readonly folder: string } {
  const checkout = createHash("sha256").update(root).digest("hex").slice(0, 6);
  const name = `gatewright-${mode}-${checkout}`;
  return { name, folder: join(tmpdir(), name) };
}

/** The site of an earlier run, whole or not. */
export function standingSite(mode: Mode): Site | undefined {
  const { name, folder } = placeOf(mode);
  return Site.find(name, folder);
}

/** An empty site; what stood in its place ends. */
export async function newSite(mode: Mode): Promise<Site> {
  const { name, folder } = placeOf(mode);
  await standingSite(mode)?.close(false);
  return Site.make(name, folder);
}

/** Whether a cluster stands in the site in which nothing has ended by itself. */
export function isWhole(site: Site): boolean {
  return existsSync(marker(site)) && site.ended.every((name) => name === SUBJECT);
}

/** Fills an empty site. */
export async function startBed(site: Site, mode: Mode, programs: Programs): Promise<TestBed> {
  const kubectl = await startCluster(site, {
    programs: programs.cluster,
    server: serverOf(mode),
    images: [{ match: "registry.k8s.io/gateway-api/conformance/echo-basic:*", argv: [programs.echo] }],
  });
  const definitions = join(programs.gatewayApi, "config", "crd", "experimental");
  await kubectl.run("apply", "--server-side", "--force-conflicts", "-k", definitions);
  await kubectl.run("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");
  await kubectl.apply({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: gatewayClass },
    spec: { controllerName },
  });
  await startSubject(site, kubectl);
  writeFileSync(marker(site), `${programs.cluster}\n`);
  return { site, kubectl };
}

/** A cluster that stands, with Gatewright started anew: its code may be another one by now. */
export async function resumeBed(site: Site, programs: Programs): Promise<TestBed> {
  const program = join(programs.cluster, "kubectl");
  const kubectl = new Kubectl(site, program, Keys.kubeconfigIn(site.folder, "admin"));
  await site.end(SUBJECT);
  await startSubject(site, kubectl);
  return { site, kubectl };
}

/** `gatewright run --kubeconfig`, until it serves. */
async function startSubject(site: Site, kubectl: Kubectl): Promise<void> {
  const log = site.logOf(SUBJECT);
  writeFileSync(log, "");
  const words = [
    "run",
    "--kubeconfig",
    kubectl.kubeconfig,
    "--cluster-address",
    NODE_ADDRESS,
    "--output",
    "json",
  ];
  const main = join(root, "src", "main.ts");
  site.start(SUBJECT, process.execPath, ["--disable-warning=ExperimentalWarning", main, ...words]);
  const deadline = performance.now() + START_LIMIT;
  while (!readFileSync(log, "utf8").includes('{"event":"ready"')) {
    if (performance.now() > deadline || site.ended.includes(SUBJECT))
      throw new Error(`Gatewright is not ready: ${readFileSync(log, "utf8").slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Written when a cluster is complete. */
function marker(site: Site): string {
  return join(site.folder, "complete");
}
