import type { Problem } from "../problem.ts";

/** The reference is allowed, and leads to nothing that can be served. */
export function certificateInvalid(message: string): Problem {
  return { reason: "InvalidCertificateRef", message };
}

export function certificateNotPermitted(what: string, from: string): Problem {
  return { reason: "RefNotPermitted", message: `No ReferenceGrant lets ${from} refer to ${what}` };
}
