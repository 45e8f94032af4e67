import type { TLSSocket } from "node:tls";
import type { AdminToken } from "./admin-token.ts";
import type { ServiceAccountTokens } from "./service-account-tokens.ts";
import { authenticatedGroup, mastersGroup, unauthenticatedGroup, type User } from "./user.ts";

/** Subject of a client's certificate that our authority signed. */
export interface ClientCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

export interface Credentials {
  /** The one `Authorization` field of the request. */
  readonly authorization: string | undefined;
  readonly certificate: ClientCertificate | undefined;
}

export interface Authenticators {
  readonly admin: AdminToken;
  readonly serviceAccounts: ServiceAccountTokens;
}

/**
 * What the connection's certificate says, when our authority signed it for clients. The server must be opened with
 * `requestCert`, with `ca` as the only authority, and with `rejectUnauthorized: false`, so that clients with tokens
 * get in too.
 */
export function clientCertificateOf(socket: TLSSocket): ClientCertificate | undefined {
  if (!socket.authorized) return undefined;
  // Reading it out of OpenSSL costs more than the rest of a small request; it stays the same (no renegotiation).
  let known = certificates.get(socket);
  if (known === undefined) certificates.set(socket, (known = { certificate: readCertificate(socket) }));
  return known.certificate;
}

const certificates = new WeakMap<TLSSocket, { readonly certificate: ClientCertificate | undefined }>();

function readCertificate(socket: TLSSocket): ClientCertificate | undefined {
  // Without a certificate this is an empty object, whatever the type says.
  const { subject } = socket.getPeerCertificate() as {
    subject?: Readonly<Record<string, string | string[] | undefined>>;
  };
  const names = [subject?.["CN"] ?? []].flat();
  const [commonName] = names;
  if (commonName === undefined || commonName === "" || names.length > 1) return undefined;
  return { commonName, organizations: [subject?.["O"] ?? []].flat() };
}

/**
 * Who sends this request; `undefined` for nobody that we know, which is answered with 401. A certificate counts before
 * a token.
 */
export function authenticate(
  { authorization, certificate }: Credentials,
  { admin, serviceAccounts }: Authenticators,
): User | undefined {
  if (certificate !== undefined) return userOf(certificate);
  const token = bearerToken(authorization);
  if (token === undefined) return undefined;
  if (admin.is(token)) return { name: "gatewright-admin", groups: [mastersGroup, authenticatedGroup] };
  return serviceAccounts.verify(token)?.user;
}

function userOf({ commonName, organizations }: ClientCertificate): User {
  const groups = new Set([...organizations, authenticatedGroup]);
  groups.delete(unauthenticatedGroup);
  return { name: commonName, groups: [...groups] };
}

/** The scheme is case-insensitive (RFC 9110, 11.1), one space or more before the token. */
function bearerToken(authorization: string | undefined): string | undefined {
  // Whatever a caller's headers hold when a field came twice, it is no credential.
  if (typeof authorization !== "string") return undefined;
  return /^bearer +([\w.~+/-]+=*)$/i.exec(authorization.trim())?.[1];
}
