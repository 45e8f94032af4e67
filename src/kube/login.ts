import type { Agent } from "node:http";
import type { KubeConfig, User } from "@kubernetes/client-node";
import { isJsonObject } from "../resources/json.ts";
import { noCredentials } from "./connect.ts";
import type { Credentials } from "./connection.ts";

/** One user of one cluster, ready to be asked for credentials. */
export interface Login {
  readonly config: KubeConfig;
  readonly user: User;
  readonly proxied: boolean;
  /** Holds the token, and may be replaced at any time. */
  readonly tokenFile?: string;
}

/** Milliseconds for a plugin or an identity provider to answer. */
const LOGIN_LIMIT = 60_000;

/** What the library writes into the options of a request. */
interface Applied {
  headers: Record<string, string | undefined>;
  auth?: string;
  cert?: string | Buffer;
  key?: string | Buffer;
  agent?: Agent;
}

/** Asks whoever knows: the file, a plugin, an identity provider. Rejects with what the user can do. */
export async function logIn({ config, user, proxied }: Login): Promise<Credentials> {
  const applied: Applied = { headers: {} };
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${LOGIN_LIMIT / 1000} s; does it want to ask you something?`));
    }, LOGIN_LIMIT);
  });
  try {
    await Promise.race([config.applyToHTTPSOptions(applied), tooLate]);
  } catch (error) {
    throw explain(error, user);
  } finally {
    clearTimeout(timer);
  }
  const { Authorization: given, ...others } = applied.headers;
  const basic =
    applied.auth === undefined ? undefined : `Basic ${Buffer.from(applied.auth).toString("base64")}`;
  const authorization = given?.trim() ?? basic;
  const headers = Object.entries(others).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return {
    ...(authorization !== undefined && { authorization }),
    ...(applied.cert !== undefined &&
      applied.key !== undefined && {
        clientCertificate: { certificate: applied.cert.toString(), key: applied.key.toString() },
      }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(proxied && applied.agent !== undefined && { agent: applied.agent }),
  };
}

function explain(error: unknown, user: User): Error {
  const message = (error instanceof Error ? error.message : String(error)).trim();
  const exec: unknown = user.exec;
  if (!isJsonObject(exec)) return noCredentials(`Cannot log in as user ${user.name}: ${message}`, error);
  const plugin = `The credential plugin ${String(exec["command"])} of user ${user.name}`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") {
    const hint = typeof exec["installHint"] === "string" ? `: ${exec["installHint"].trim()}` : "";
    return noCredentials(`${plugin} is not installed${hint}`, error);
  }
  if (code === "EACCES") return noCredentials(`${plugin} cannot be run: permission denied`, error);
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return noCredentials(`${plugin} has not printed an ExecCredential with a status: ${message}`, error);
  }
  return noCredentials(`${plugin} has failed${message === "" ? "" : `: ${message}`}`, error);
}
