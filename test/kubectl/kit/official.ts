import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The folder with one folder of official CRDs for each channel: GATEWAY_API_CRDS, or the Go module's. */
export function gatewayModuleCrds(): string {
  const named = process.env["GATEWAY_API_CRDS"];
  if (named !== undefined && named !== "") return named;
  const words = ["mod", "download", "-json", "sigs.k8s.io/gateway-api@v1.7.0"];
  const { Dir } = JSON.parse(execFileSync("go", words, { encoding: "utf8" })) as { readonly Dir: string };
  return join(Dir, "config/crd");
}
