import type { Problem } from "../problem.ts";

export function kindInvalid(what: string): Problem {
  return { reason: "InvalidKind", message: `${what} cannot be a backend` };
}

export function refNotPermitted(what: string, from: string): Problem {
  return { reason: "RefNotPermitted", message: `No ReferenceGrant lets ${from} refer to ${what}` };
}

export function xBackendElsewhere(what: string): Problem {
  return {
    reason: "RefNotPermitted",
    message: `${what} is in another namespace, where XBackends are out of reach`,
  };
}

export function backendNotFound(message: string): Problem {
  return { reason: "BackendNotFound", message };
}

export function backendTransportOther(what: string, protocol: string): Problem {
  return { reason: "UnsupportedProtocol", message: `${what} is a port of ${protocol} only` };
}

export function proxyVersionInvalid(what: string, annotation: string, value: string): Problem {
  const message = `${what}: annotation ${annotation}: "${value}" is not allowed. Allowed: v1, v2`;
  return { reason: "UnsupportedProtocol", message };
}

export function proxyHeaderInTls(what: string, annotation: string): Problem {
  const message = `${what}: annotation ${annotation} together with a BackendTLSPolicy for the port is not supported. Remove one of the two, or pass TLS through`;
  return { reason: "UnsupportedProtocol", message };
}

export function backendProtocolUnsupported(what: string, protocol: string): Problem {
  return { reason: "UnsupportedProtocol", message: `${what}: protocol ${protocol} is not supported` };
}
