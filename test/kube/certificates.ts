import { Certificates as Authority } from "../../src/apiserver/auth/certificates.ts";
import type { ClientCertificate } from "../../src/kube/connection.ts";

export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly clientCertificate: ClientCertificate;
}

/** An authority of its own, a server on 127.0.0.1, and a client. */
export function certificates(): Certificates {
  const authority = new Authority({});
  const { certificate, key } = authority.server;
  return {
    ca: authority.ca,
    server: { cert: certificate, key },
    clientCertificate: authority.client("client", []),
  };
}
