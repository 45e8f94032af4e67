import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Certificates } from "../../src/apiserver/auth/certificates.ts";
import {
  findPort,
  makeDirectory,
  type Process,
  proxyCpu,
  startProcess,
  stopProcess,
  waitForPort,
} from "../machine/processes.ts";
import { Client } from "./client.ts";
import { collectionOf } from "./route.ts";
import { outsideView, type Subject } from "./subject.ts";

/** Programs and definitions that are not ours to install. */
export interface Installed {
  readonly kubeApiServer: string;
  readonly etcd: string;
  /** Folder with the official custom resource definitions of the Gateway API. */
  readonly definitions: string;
}

const definitionFile = "gateway.networking.k8s.io_httproutes.yaml";
/** Milliseconds that the server has to be ready, and between two looks. */
const readyTimeout = 60_000;
const readyInterval = 100;
/** Milliseconds in which less than this share of a CPU was used: then it is done with its start. */
const settleInterval = 2_000;
const settledShare = 0.15;

/** Named by the environment; undefined when any of them is not. */
export function findInstalled(env: NodeJS.ProcessEnv): Installed | undefined {
  const { KUBE_APISERVER: kubeApiServer, ETCD: etcd, GATEWAY_API_CRDS: definitions } = env;
  if (kubeApiServer === undefined || etcd === undefined || definitions === undefined) return undefined;
  return { kubeApiServer, etcd, definitions };
}

/** etcd without fsync, as our own store has none, and kube-apiserver with the definition of HTTPRoute. */
export async function startKubeApiServer({ kubeApiServer, etcd, definitions }: Installed): Promise<Subject> {
  const folder = makeDirectory();
  const [clientPort, peerPort, port] = [await findPort(), await findPort(), await findPort()];
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const store = startProcess([etcd, ...etcdFlags(join(folder, "etcd"), client, peer)], proxyCpu, folder);
  await waitForPort(clientPort, store);
  const keys = writeKeys(folder);
  const flags = [`--etcd-servers=${client}`, `--secure-port=${port}`, ...serverFlags(folder)];
  const server = startProcess([kubeApiServer, ...flags], proxyCpu, join(folder, "server"));
  const address = { url: `https://127.0.0.1:${port}`, ...keys };
  const connection = new Client(address);
  try {
    await waitForPort(port, server);
    await waitFor(connection, "/readyz", server);
    const definition: unknown = parse(readFileSync(join(definitions, definitionFile), "utf8"));
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await connection.call("POST", path, JSON.stringify(definition));
    await waitFor(connection, collectionOf("default"), server);
  } finally {
    connection.close();
  }
  const view = outsideView([store.pid, server.pid]);
  await settle(view.cpu);
  return {
    address,
    ...view,
    stop: async () => {
      await stopProcess(server);
      await stopProcess(store);
    },
  };
}

function etcdFlags(data: string, client: string, peer: string): readonly string[] {
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function serverFlags(folder: string): readonly string[] {
  const file = (name: string) => join(folder, name);
  return [
    "--bind-address=127.0.0.1",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=RBAC",
    `--token-auth-file=${file("tokens.csv")}`,
    `--client-ca-file=${file("ca.crt")}`,
    `--tls-cert-file=${file("server.crt")}`,
    `--tls-private-key-file=${file("server.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${file("service-account.pub")}`,
    `--service-account-signing-key-file=${file("service-account.key")}`,
    "--profiling=false",
  ];
}

function writeKeys(folder: string): { readonly ca: string; readonly token: string } {
  const { ca, server } = new Certificates({});
  const token = randomBytes(16).toString("hex");
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const files = {
    "ca.crt": ca,
    "server.crt": server.certificate,
    "server.key": server.key,
    "service-account.key": privateKey.export({ type: "pkcs8", format: "pem" }),
    "service-account.pub": publicKey.export({ type: "spki", format: "pem" }),
    "tokens.csv": `${token},bench,bench,system:masters\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return { ca, token };
}

async function waitFor(client: Client, path: string, server: Process): Promise<void> {
  const deadline = performance.now() + readyTimeout;
  while ((await client.ask("GET", path)).status !== 200) {
    if (performance.now() > deadline) throw new Error(`${path} is not served: see ${server.log}`);
    await new Promise((resolve) => setTimeout(resolve, readyInterval));
  }
}

/** The server goes on working for seconds after it is ready and has a new definition: that is not the requests' doing. */
async function settle(cpu: () => number): Promise<void> {
  const deadline = performance.now() + readyTimeout;
  let last = cpu();
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, settleInterval));
    const now = cpu();
    if ((now - last) / 1e6 < settleInterval * settledShare) return;
    last = now;
  }
}
