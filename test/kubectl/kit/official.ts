import { join } from "node:path";
import { GATEWAY_MODULE } from "../../official/crds.ts";
import { goModuleFolder } from "../../official/go-module.ts";

/** The folder with one folder of official CRDs for each channel: GATEWAY_API_CRDS, or the Go module's. */
export function gatewayModuleCrds(): string {
  const named = process.env["GATEWAY_API_CRDS"];
  return named !== undefined && named !== "" ? named : join(goModuleFolder(GATEWAY_MODULE), "config/crd");
}
