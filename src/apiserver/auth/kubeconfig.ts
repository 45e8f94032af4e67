import { Buffer } from "node:buffer";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parse, stringify } from "yaml";
import { isJsonObject } from "../../resources/json.ts";
import type { KeyPair } from "./certificate.ts";
import { readIfThere, writePrivate } from "./private-file.ts";

/** Of cluster, user and context: what tells our kubeconfig from others. */
const entryName = "gatewright";

export interface KubeconfigContent {
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  readonly caPem: string;
  readonly credentials: { readonly token: string } | { readonly client: KeyPair };
  readonly namespace?: string;
}

/** A kubeconfig (YAML) with one cluster, one user and one context, all of them called gatewright. */
export function kubeconfigOf({ server, caPem, credentials, namespace }: KubeconfigContent): string {
  const user =
    "token" in credentials
      ? { token: credentials.token }
      : {
          "client-certificate-data": base64(credentials.client.certificate),
          "client-key-data": base64(credentials.client.key),
        };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: entryName, cluster: { server, "certificate-authority-data": base64(caPem) } }],
    users: [{ name: entryName, user }],
    contexts: [
      {
        name: entryName,
        context: { cluster: entryName, user: entryName, ...(namespace !== undefined && { namespace }) },
      },
    ],
    "current-context": entryName,
  };
  return stringify(config, { lineWidth: 0 });
}

/** Writes it for its owner only. Throws rather than replace a file that is not a kubeconfig of ours. */
export function writeKubeconfig(path: string, text: string): void {
  // Reading a terminal or a pipe would wait for ever.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new Error(`${path} is not a file; name one that can be written`);
  const there = readIfThere(path);
  if (there !== undefined && there !== "" && !isOurs(there))
    throw new Error(
      `${path} is there already and is not a kubeconfig of gatewright (one cluster, named "${entryName}"); name another file, or move it away`,
    );
  mkdirSync(dirname(path), { recursive: true });
  writePrivate(path, text);
}

/** Whoever added clusters of their own to ours would lose them. */
function isOurs(text: string): boolean {
  let config: unknown;
  try {
    config = parse(text);
  } catch {
    return false;
  }
  if (!isJsonObject(config) || config["kind"] !== "Config") return false;
  const clusters: unknown = config["clusters"];
  return (
    Array.isArray(clusters) &&
    clusters.length === 1 &&
    isJsonObject(clusters[0]) &&
    clusters[0]["name"] === entryName
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
