import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ApiServer, type ApiServerOptions } from "../apiserver/apiserver.ts";
import { connectToCluster, connectToServer, openClient, type KubeClient } from "../kube/kube.ts";
import type { HostPort } from "./host-port.ts";
import type { ApiOptions, ClusterOptions } from "./options.ts";

/** Where the resources of a run live: an API server of its own, or a cluster. */
export interface ResourceHome {
  readonly client: KubeClient;
  /** Absent when it is somebody else's. */
  readonly server?: ApiServer;
  /** Path of the kubeconfig of the own server. */
  readonly kubeconfig?: string;
  close(): Promise<void>;
}

/** Rejects when the folder, the port or the kubeconfig cannot be used. */
export async function openHome(options: ApiOptions | ClusterOptions, version: string): Promise<ResourceHome> {
  return options.home === "own" ? openOwn(options, version) : openElsewhere(options);
}

async function openElsewhere({ kubeconfig, context }: ClusterOptions): Promise<ResourceHome> {
  const client = openClient(await connectToCluster({ kubeconfig, context }));
  return { client, close: () => Promise.resolve(client.close()) };
}

async function openOwn(
  { dataDir, kubeconfigOut, listen }: ApiOptions,
  version: string,
): Promise<ResourceHome> {
  if (dataDir !== undefined) makeFolder(dataDir);
  const server = await openServer(listen, { version, ...(dataDir !== undefined && { dataDir }) });
  const own =
    kubeconfigOut === undefined && dataDir === undefined
      ? mkdtempSync(join(tmpdir(), "gatewright-"))
      : undefined;
  const kubeconfig = kubeconfigOut ?? join(own ?? dataDir ?? "", "kubeconfig");
  try {
    server.writeKubeconfig(kubeconfig);
  } catch (error) {
    await server.close();
    throw error;
  }
  const client = openClient(connectToServer({ server: server.url, ca: server.ca, token: server.token }));
  return {
    client,
    server,
    kubeconfig: resolve(kubeconfig),
    close: async () => {
      client.close();
      if (own !== undefined) rmSync(own, { recursive: true, force: true });
      await server.close();
    },
  };
}

/** One level only: a name with a slip of the finger should not leave a trail of folders. */
function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new Error(`--data-dir ${path}: a folder is needed, and this is none`);
  if (!existsSync(dirname(resolve(path)))) {
    throw new Error(`--data-dir ${path}: there is no folder ${dirname(resolve(path))} to make it in`);
  }
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(`--data-dir ${path}: the folder cannot be made (${code})`, { cause: error });
  }
}

async function openServer({ host, port }: HostPort, options: ApiServerOptions): Promise<ApiServer> {
  try {
    return await ApiServer.open({ ...options, address: host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? undefined : listenFaults[code];
    if (why === undefined) throw error;
    throw new Error(`--api-listen ${host}:${port}: ${why}`, { cause: error });
  }
}

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "binding this port takes a privilege that this user has not",
};
