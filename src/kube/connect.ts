import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { ClientCertificate, Connection } from "./connection.ts";
import { failure, type KubeError } from "./error.ts";

export interface ServerOptions {
  readonly server: string;
  /** PEM. */
  readonly ca?: string;
  readonly token?: string;
  readonly clientCertificate?: ClientCertificate;
  /** `default` unless given. */
  readonly namespace?: string;
}

/** A server that is known in every detail, such as our own. Throws when one of them is wrong. */
export function connectTo(options: ServerOptions): Connection {
  const { ca, token, clientCertificate } = options;
  const server = readServer(options.server, "server");
  if (ca !== undefined) checkCertificates(ca, `the CA for ${server.origin}`);
  const credentials = {
    ...(token !== undefined && { authorization: `Bearer ${token.trim()}` }),
    ...(clientCertificate !== undefined && { clientCertificate }),
  };
  return {
    server,
    ...(ca !== undefined && { ca }),
    namespace: options.namespace ?? "default",
    compress: !isLoopback(server),
    credentials: () => Promise.resolve(credentials),
  };
}

export interface FindOptions {
  /** Path of a kubeconfig. */
  readonly kubeconfig?: string | undefined;
  /** The current one of the kubeconfig unless given. */
  readonly context?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Where Kubernetes puts the files of a Pod's service account. */
  readonly serviceAccount?: string;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The cluster that the user means, as kubectl finds it: the file that is named, those of `$KUBECONFIG`,
 * `~/.kube/config`, the cluster that we are a Pod of. Rejects with what is wrong, and where.
 */
export async function findCluster(options: FindOptions = {}): Promise<Connection> {
  const env = options.env ?? process.env;
  const files = kubeconfigFiles(options.kubeconfig, env);
  if (files.length > 0) {
    // Takes a third of a second and 80 MB: only who needs it pays.
    const { connectKubeconfig } = await import("./kubeconfig.ts");
    return connectKubeconfig(files, options.context);
  }
  const folder = options.serviceAccount ?? SERVICE_ACCOUNT;
  if (env["KUBERNETES_SERVICE_HOST"] !== undefined) return connectInCluster(folder, env);
  throw noCredentials(
    "No cluster found: no kubeconfig is named, $KUBECONFIG is not set, ~/.kube/config does not exist, and this is no Pod",
  );
}

function kubeconfigFiles(named: string | undefined, env: NodeJS.ProcessEnv): readonly string[] {
  if (named !== undefined) return [named];
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  if (listed.length > 0) {
    // As kubectl: files of the list may be missing, but not all of them.
    const there = listed.filter((file) => existsSync(file));
    return there.length > 0 ? there : listed;
  }
  const usual = join(env["HOME"] ?? homedir(), ".kube", "config");
  return existsSync(usual) ? [usual] : [];
}

function connectInCluster(folder: string, env: NodeJS.ProcessEnv): Connection {
  const host = env["KUBERNETES_SERVICE_HOST"]!;
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "443";
  const address = host.includes(":") ? `[${host}]` : host;
  const caFile = join(folder, "ca.crt");
  const ca = readText(caFile, "the CA of the cluster");
  checkCertificates(ca, caFile);
  const namespaceFile = join(folder, "namespace");
  return {
    server: readServer(`https://${address}:${port}`, "KUBERNETES_SERVICE_HOST"),
    ca,
    namespace: existsSync(namespaceFile) ? readText(namespaceFile, "the namespace").trim() : "default",
    compress: true,
    credentials: () => readToken(join(folder, "token")),
  };
}

/** Kubernetes replaces the file well before the token in it ends. */
export async function readToken(file: string): Promise<{ readonly authorization: string }> {
  const token = readText(file, "the token").trim();
  if (token === "" || /\s/.test(token)) throw noCredentials(`${file} holds no token`);
  return { authorization: `Bearer ${token}` };
}

export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw noCredentials(`Cannot read ${what}: ${(error as Error).message}`, error);
  }
}

/** @param what Names the value in the error. */
export function readServer(text: string, what: string): URL {
  const server = URL.canParse(text) ? new URL(text) : undefined;
  if (server?.protocol !== "https:" && server?.protocol !== "http:") {
    throw noCredentials(
      `${JSON.stringify(text)} (${what}) is not a URL that begins with https:// or http://`,
    );
  }
  return server;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/** Node takes whatever it is given as authorities, and then trusts nobody, without a word. */
export function checkCertificates(pem: string, what: string): void {
  const blocks = pem.match(pemBlock);
  if (blocks === null) throw noCredentials(`There is no certificate in PEM in ${what}`);
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw noCredentials(`A certificate in ${what} is damaged: ${(error as Error).message}`, error);
    }
  }
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

export function noCredentials(message: string, cause?: unknown): KubeError {
  return failure("NoCredentials", message, cause);
}
