import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, cacheFolder, go } from "../cluster/go.ts";
import { buildPrograms } from "../cluster/programs.ts";
import type { ServerName } from "../cluster/options.ts";

const suite = fileURLToPath(new URL("suite", import.meta.url));
const echo = fileURLToPath(new URL("echo", import.meta.url));

/**
 * The Go that the published image of the echo server is built with. With 1.27 it leaves the TLS details out of its
 * answers to HTTP/2 requests with `:scheme: http`, and tests of BackendTLSPolicy fail for nothing.
 */
const ECHO_TOOLCHAIN = "go1.26.5";

/** Paths of what a run needs. */
export interface Programs {
  /** The folder of the control plane, kubectl and the node. */
  readonly cluster: string;
  readonly suite: string;
  readonly echo: string;
  /** `go tool test2json`. */
  readonly test2json: string;
  /** The module `sigs.k8s.io/gateway-api` of the suite's version: definitions and examples. */
  readonly gatewayApi: string;
}

/** Builds what is missing in the cache: a quarter of an hour from nothing, a second when all is there. */
export function buildAll(server: ServerName): Programs {
  const cluster = buildPrograms(server);
  const own = cacheFolder([suite, echo]);
  const programs = { suite: join(own, "conformance.test"), echo: join(own, "echo-basic") };
  build({ module: suite, source: ".", output: programs.suite, isTest: true });
  build({
    module: echo,
    source: "sigs.k8s.io/gateway-api-conformance-images/echo-basic",
    output: programs.echo,
    toolchain: ECHO_TOOLCHAIN,
  });
  const gatewayApi = "sigs.k8s.io/gateway-api";
  go(suite, ["mod", "download", gatewayApi]);
  return {
    ...programs,
    cluster,
    test2json: go(suite, ["tool", "-n", "test2json"]).trim(),
    gatewayApi: go(suite, ["list", "-m", "-f", "{{.Dir}}", gatewayApi]).trim(),
  };
}
