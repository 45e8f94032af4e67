import type { AuthFilter } from "../../program/program.ts";
import type { HTTPExternalAuthFilter } from "../../resources/gateway/external-auth.ts";
import type { BackendTarget } from "../backends.ts";
import type { Problem } from "../problem.ts";
import type { BackendResolver } from "./filter.ts";

export interface AuthResult {
  readonly filter: AuthFilter;
  readonly target?: BackendTarget;
  readonly problem?: Problem;
}

/** It never goes missing: without a server that can be asked there is no consent, and every request is refused. */
export function translateExternalAuth(spec: HTTPExternalAuthFilter, resolve: BackendResolver): AuthResult {
  const { protocol, http, grpc, forwardBody } = spec;
  const resolved = resolve(spec.backendRef, protocol === "GRPC" ? "HTTP2" : undefined);
  const allowed = protocol === "GRPC" ? grpc?.allowedHeaders : http?.allowedHeaders;
  const filter: AuthFilter = {
    type: "ExternalAuth",
    protocol,
    ...("target" in resolved && { backend: resolved.target.key }),
    pathPrefix: (http?.path ?? "").replace(/\/+$/, ""),
    allowedHeaders: lowerCase(allowed),
    allowedResponseHeaders: lowerCase(http?.allowedResponseHeaders),
    maxBodyBytes: forwardBody?.maxSize ?? 0,
  };
  return { filter, ...resolved };
}

function lowerCase(names: readonly string[] = []): readonly string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
