import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { goModuleFolder } from "./go-module.ts";
import { isJsonObject, type JsonObject } from "../../src/resources/json.ts";

export const GATEWAY_MODULE = "sigs.k8s.io/gateway-api@v1.7.0";
const INFERENCE_MODULE = "sigs.k8s.io/gateway-api-inference-extension@v1.6.0";

/** A CustomResourceDefinition of a release, and the channel that it comes in. */
export interface OfficialCrd {
  readonly channel: string;
  readonly crd: JsonObject;
}

/**
 * The official CustomResourceDefinitions: out of a folder with one folder for each channel, or out of the Go modules
 * of the releases. Throws with one line that says what is missing.
 */
export function officialCrds(folder: string | undefined): readonly OfficialCrd[] {
  const channels =
    folder === undefined
      ? {
          standard: join(goModuleFolder(GATEWAY_MODULE), "config/crd/standard"),
          experimental: join(goModuleFolder(GATEWAY_MODULE), "config/crd/experimental"),
          inference: join(goModuleFolder(INFERENCE_MODULE), "config/crd/bases"),
        }
      : Object.fromEntries(
          ["standard", "experimental", "inference"].map((channel) => [channel, join(folder, channel)]),
        );
  const missing = Object.values(channels).find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`There is no folder ${missing} with official CRDs`);
  return Object.entries(channels).flatMap(([channel, path]) => crdsIn(path).map((crd) => ({ channel, crd })));
}

function crdsIn(folder: string): readonly JsonObject[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .toSorted()
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), "utf8")))
    .map((document) => document.toJS() as unknown)
    .filter(
      (object) => isJsonObject(object) && object["kind"] === "CustomResourceDefinition",
    ) as JsonObject[];
}
