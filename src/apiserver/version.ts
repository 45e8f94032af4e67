import type { JsonObject } from "../resources/json.ts";

/** The Kubernetes version whose API this server speaks: clients decide by it what they may ask for. */
const MINOR = 36;

/** The document at `/version`; `gatewright` is the version of the program. */
export function versionDocument(gatewright: string): JsonObject {
  return {
    major: "1",
    minor: String(MINOR),
    gitVersion: `v1.${MINOR}.0+gatewright-${gatewright}`,
    gitCommit: "",
    gitTreeState: "",
    buildDate: "",
    goVersion: "",
    compiler: "",
    platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
  };
}
