import { dirname, isAbsolute, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { type Cluster, type Context, KubeConfig, type User } from "@kubernetes/client-node";
import { parse } from "yaml";
import { isJsonObject, type JsonObject } from "../resources/json.ts";
import { checkCertificates, isLoopback, noCredentials, readServer, readText, readToken } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { type Login, logIn } from "./login.ts";

/** All that the files say, the first of two with one name. */
interface Contents {
  readonly clusters: Cluster[];
  readonly users: User[];
  readonly contexts: Context[];
  readonly current: string | undefined;
  /** Files with the tokens of users, by user: the library does not know them. */
  readonly tokenFiles: ReadonlyMap<string, string>;
}

/** Server and user of a context of these kubeconfigs. Rejects with what is wrong, and in which file. */
export async function connectKubeconfig(files: readonly string[], wanted?: string): Promise<Connection> {
  const names = files.join(", ");
  const contents = readFiles(files);
  const context = findContext(contents, wanted, names);
  const cluster = contents.clusters.find(({ name }) => name === context.cluster);
  if (cluster === undefined) {
    throw noCredentials(`Context ${context.name} names cluster ${context.cluster}, which is not in ${names}`);
  }
  const server = readServer(cluster.server, `server of cluster ${cluster.name} in ${names}`);
  const ca = readCa(cluster, names);
  let login = findLogin(contents, context, cluster, names);
  return {
    server,
    ...(ca !== undefined && { ca }),
    ...(cluster.tlsServerName !== undefined && { serverName: cluster.tlsServerName }),
    ...(cluster.skipTLSVerify && { insecure: true }),
    namespace: context.namespace ?? "default",
    compress: !isLoopback(server),
    credentials: async (renew) => {
      // What a plugin has said is kept by the library; a new beginning makes it ask again.
      if (renew) login = findLogin(readFiles(files), context, cluster, names);
      const credentials = await logIn(login);
      return login.tokenFile === undefined
        ? credentials
        : { ...credentials, ...(await readToken(login.tokenFile)) };
    },
  };
}

function findContext({ contexts, current }: Contents, wanted: string | undefined, names: string): Context {
  const known = contexts.map(({ name }) => name).join(", ") || "none";
  const name = wanted ?? current;
  if (name === undefined) {
    throw noCredentials(`${names} has no current context, and none is named; there are: ${known}`);
  }
  const context = contexts.find((each) => each.name === name);
  if (context === undefined)
    throw noCredentials(`There is no context ${name} in ${names}; there are: ${known}`);
  return context;
}

function findLogin(contents: Contents, context: Context, cluster: Cluster, names: string): Login {
  const user = contents.users.find(({ name }) => name === context.user);
  if (user === undefined) {
    throw noCredentials(`Context ${context.name} names user ${context.user}, which is not in ${names}`);
  }
  const { certFile, certData, keyFile, keyData } = user;
  if (certFile ?? certData) {
    const certificate = readPem(certFile, certData, `the certificate of user ${user.name}`);
    checkCertificates(certificate, `the certificate of user ${user.name} in ${names}`);
    try {
      createSecureContext({
        cert: certificate,
        key: readPem(keyFile, keyData, `the key of user ${user.name}`),
      });
    } catch (error) {
      const why = (error as Error).message;
      throw noCredentials(`The certificate and key of user ${user.name} do not fit: ${why}`, error);
    }
  }
  const config = new KubeConfig();
  // Without TLS there is nothing to verify, and the library insists that this is said.
  const plain = cluster.server.startsWith("http:");
  config.loadFromOptions({
    clusters: [plain ? { ...cluster, skipTLSVerify: true } : cluster],
    users: [user],
    contexts: [context],
    currentContext: context.name,
  });
  const tokenFile = contents.tokenFiles.get(user.name);
  const proxied = cluster.proxyUrl !== undefined && cluster.proxyUrl !== "";
  return { config, user, proxied, ...(tokenFile !== undefined && { tokenFile }) };
}

function readCa(cluster: Cluster, names: string): string | undefined {
  if ((cluster.caFile ?? "") === "" && (cluster.caData ?? "") === "") return undefined;
  const ca = readPem(cluster.caFile, cluster.caData, `the CA of cluster ${cluster.name}`);
  const where = cluster.caFile === undefined ? names : cluster.caFile;
  checkCertificates(ca, `the CA of cluster ${cluster.name} (${where})`);
  return ca;
}

function readPem(file: string | undefined, base64: string | undefined, what: string): string {
  if (file !== undefined && file !== null && file !== "") return readText(file, what);
  return Buffer.from(base64 ?? "", "base64").toString("utf8");
}

function readFiles(files: readonly string[]): Contents {
  const contents: Contents & { current: string | undefined; tokenFiles: Map<string, string> } = {
    clusters: [],
    users: [],
    contexts: [],
    current: undefined,
    tokenFiles: new Map(),
  };
  for (const file of files) {
    const folder = dirname(resolve(file));
    const document = parseFile(file);
    const config = new KubeConfig();
    try {
      config.loadFromString(JSON.stringify(document));
    } catch (error) {
      throw noCredentials(`${file} is not a kubeconfig: ${(error as Error).message}`, error);
    }
    config.makePathsAbsolute(folder);
    addNew(contents.clusters, config.clusters);
    addNew(contents.contexts, config.contexts);
    for (const [name, tokenFile] of tokenFilesOf(document)) {
      const taken = contents.users.some((user) => user.name === name);
      if (!taken)
        contents.tokenFiles.set(name, isAbsolute(tokenFile) ? tokenFile : resolve(folder, tokenFile));
    }
    addNew(
      contents.users,
      config.users.map((user) => withPlugin(user, folder, config)),
    );
    if (typeof config.currentContext === "string" && config.currentContext !== "") {
      contents.current ??= config.currentContext;
    }
  }
  return contents;
}

function parseFile(file: string): JsonObject {
  let document: unknown;
  const text = readText(file, "the kubeconfig");
  try {
    document = parse(text);
  } catch (error) {
    throw noCredentials(`${file} is not YAML: ${(error as Error).message}`, error);
  }
  if (isJsonObject(document)) return document;
  throw noCredentials(
    `${file} is not a kubeconfig: it ${document === null ? "is empty" : "holds no mapping"}`,
  );
}

function addNew<T extends { readonly name: string }>(known: T[], more: readonly T[]): void {
  for (const each of more) if (!known.some(({ name }) => name === each.name)) known.push(each);
}

function tokenFilesOf({ users }: JsonObject): readonly (readonly [string, string])[] {
  if (!Array.isArray(users)) return [];
  return users.flatMap((entry: unknown): (readonly [string, string])[] => {
    if (!isJsonObject(entry) || !isJsonObject(entry["user"])) return [];
    const { name, user } = entry as { name: unknown; user: JsonObject };
    const file = user["tokenFile"];
    return typeof name === "string" && typeof file === "string" && file !== "" ? [[name, file]] : [];
  });
}

/**
 * Gives a plugin what `client.authentication.k8s.io` promises it and the library leaves out: a command with a slash is
 * relative to its kubeconfig, and `KUBERNETES_EXEC_INFO` says which version of the answer is expected.
 */
function withPlugin(user: User, folder: string, config: KubeConfig): User {
  const exec: unknown = user.exec;
  if (!isJsonObject(exec) || typeof exec["command"] !== "string") return user;
  const { command, apiVersion } = exec;
  const relative = command.includes("/") && !isAbsolute(command);
  const context = config.contexts.find((each) => each.user === user.name);
  const cluster = config.clusters.find(({ name }) => name === context?.cluster);
  const about = exec["provideClusterInfo"] === true && cluster !== undefined;
  const info = {
    apiVersion: apiVersion ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: { interactive: false, ...(about && { cluster: { server: cluster.server } }) },
  };
  const env: unknown[] = Array.isArray(exec["env"]) ? exec["env"] : [];
  return {
    ...user,
    exec: {
      ...exec,
      command: relative ? resolve(folder, command) : command,
      env: [...env, { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) }],
    },
  };
}
