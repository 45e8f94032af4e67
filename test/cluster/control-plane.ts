import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { Keys } from "./keys.ts";
import { Kubectl } from "./kubectl.ts";
import type { ServerName } from "./options.ts";
import { NODE_ADDRESS, POD_PREFIX, POD_RANGE, SERVICE_RANGE, type Site } from "./site.ts";

const ISSUER = "https://kubernetes.default.svc.cluster.local";
const ETCD = "http://127.0.0.1:2379";

/** What a pod with a matching image runs. */
export interface Image {
  /** `*` stands for anything. */
  readonly match: string;
  readonly argv: readonly string[];
}

export interface ClusterOptions {
  /** The folder of the programs. */
  readonly programs: string;
  readonly server: ServerName;
  /** Besides `sh` and `node`. */
  readonly images?: readonly Image[];
}

/** Starts an API server, the real control plane, kube-proxy and the node; resolves when the node is ready. */
export async function startCluster(site: Site, options: ClusterOptions): Promise<Kubectl> {
  const { programs, server, images = [] } = options;
  const keys = new Keys(site.folder);
  const kubectl = new Kubectl(site, join(programs, "kubectl"), keys.kubeconfig("admin"));
  if (server === "gatewright") startGatewright(site, keys);
  else startKubeApiServer(site, programs, keys);
  await kubectl.waitForServer();
  startManagers(site, programs, keys);
  await kubectl.run("wait", "--for=create", "serviceaccount/default", "--namespace=default", "--timeout=60s");
  startNode(site, programs, keys, images);
  await kubectl.run("wait", "--for=create", "node/node", "--timeout=60s");
  startProxy(site, programs, keys);
  await kubectl.run("wait", "--for=condition=Ready", "node/node", "--timeout=60s");
  return kubectl;
}

function startGatewright(site: Site, keys: Keys): void {
  const program = fileURLToPath(new URL("api-server.ts", import.meta.url));
  const flags = ["--disable-warning=ExperimentalWarning"];
  site.start("gatewright", process.execPath, [
    ...flags,
    program,
    keys.data,
    keys.file("service-account.key"),
  ]);
}

function startKubeApiServer(site: Site, programs: string, keys: Keys): void {
  const etcd = ["--data-dir", join(site.folder, "etcd"), "--unsafe-no-fsync", "--log-level", "warn"];
  const urls = [
    "--listen-client-urls",
    ETCD,
    "--advertise-client-urls",
    ETCD,
    "--watch-progress-notify-interval=5s",
  ];
  site.start("etcd", join(programs, "etcd"), [...etcd, ...urls]);
  site.start("kube-apiserver", join(programs, "kube-apiserver"), [
    `--etcd-servers=${ETCD}`,
    "--bind-address=0.0.0.0",
    "--secure-port=6443",
    `--advertise-address=${NODE_ADDRESS}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    "--authorization-mode=Node,RBAC",
    `--client-ca-file=${keys.file("ca.crt")}`,
    `--tls-cert-file=${keys.file("server.crt")}`,
    `--tls-private-key-file=${keys.file("server.key")}`,
    `--service-account-issuer=${ISSUER}`,
    `--service-account-key-file=${keys.file("service-account.pub")}`,
    `--service-account-signing-key-file=${keys.file("service-account.key")}`,
    "--allow-privileged=true",
    `--kubelet-client-certificate=${keys.file("kubelet-client.crt")}`,
    `--kubelet-client-key=${keys.file("kubelet-client.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--requestheader-client-ca-file=${keys.file("ca.crt")}`,
    "--requestheader-allowed-names=front-proxy-client",
    // As our own API server has them; by default kube-apiserver leaves betas out.
    "--feature-gates=ClusterTrustBundle=true",
    "--runtime-config=certificates.k8s.io/v1beta1/clustertrustbundles=true",
  ]);
}

function startManagers(site: Site, programs: string, keys: Keys): void {
  for (const name of ["kube-controller-manager", "kube-scheduler"]) {
    const kubeconfig = keys.kubeconfig(name);
    site.start(name, join(programs, name), [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
      // On a busy machine an answer may take longer than the leader's usual 10 seconds, whoever the server is.
      "--leader-elect-lease-duration=60s",
      "--leader-elect-renew-deadline=40s",
      ...(name === "kube-controller-manager" ? managerFlags(keys) : []),
    ]);
  }
}

function managerFlags(keys: Keys): readonly string[] {
  return [
    "--use-service-account-credentials",
    `--root-ca-file=${keys.file("ca.crt")}`,
    `--service-account-private-key-file=${keys.file("service-account.key")}`,
    `--cluster-signing-cert-file=${keys.file("ca.crt")}`,
    `--cluster-signing-key-file=${keys.file("ca.key")}`,
    `--requestheader-client-ca-file=${keys.file("ca.crt")}`,
    `--cluster-cidr=${POD_RANGE}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    "--allocate-node-cidrs=false",
  ];
}

function startProxy(site: Site, programs: string, keys: Keys): void {
  const config = join(site.folder, "kube-proxy.yaml");
  const text = stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig: keys.kubeconfig("kube-proxy") },
    clusterCIDR: POD_RANGE,
    hostnameOverride: "node",
    bindAddress: "127.0.0.1",
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    nodePortAddresses: [`${NODE_ADDRESS}/32`],
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    nftables: { syncPeriod: "10s", minSyncPeriod: "50ms" },
  });
  writeFileSync(config, text);
  site.start("kube-proxy", join(programs, "kube-proxy"), [`--config=${config}`]);
}

function startNode(site: Site, programs: string, keys: Keys, more: readonly Image[]): void {
  const config = join(site.folder, "node.yaml");
  const images = [
    { match: "sh:*", argv: ["/bin/sh"] },
    { match: "node:*", argv: [process.execPath] },
    ...more,
  ];
  writeFileSync(
    config,
    stringify({ nodeName: "node", nodeIP: NODE_ADDRESS, podPrefix: POD_PREFIX, netNS: site.name, images }),
  );
  const args = [
    "-kubeconfig",
    keys.kubeconfig("node"),
    "-config",
    config,
    "-dir",
    join(site.folder, "node"),
    "-pki",
    keys.folder,
  ];
  site.start("node", join(programs, "node"), args);
}
