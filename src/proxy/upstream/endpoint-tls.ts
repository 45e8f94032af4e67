import { createHash } from "node:crypto";
import type { BackendTls, Certificate } from "../../program/program.ts";
import { compileBackendTls, type UpstreamTls } from "../tls/upstream-tls.ts";

/** TLS as a backend wants it, with a name for it: endpoints with equal ones share their connections. */
export class EndpointTls {
  readonly settings: UpstreamTls;
  readonly identity: string;

  constructor(tls: BackendTls, certificate: (key: string) => Certificate | undefined) {
    this.settings = compileBackendTls(tls, certificate);
    const shown = tls.certificate === undefined ? undefined : certificate(tls.certificate);
    const all = JSON.stringify([tls, shown?.chain, shown?.privateKey]);
    this.identity = createHash("sha256").update(all).digest("base64");
  }
}
