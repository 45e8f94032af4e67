import { getCACertificates } from "node:tls";

let read: readonly string[] | undefined;

/**
 * PEM certificates of the authorities that the system trusts (on Linux those of `SSL_CERT_FILE` and `SSL_CERT_DIR`, if set),
 * with those of `NODE_EXTRA_CA_CERTS`; where a system has none, as in the smallest containers, the ones that Node brings along.
 * Read once.
 */
export function systemAuthorities(): readonly string[] {
  if (read === undefined) {
    const system = getCACertificates("system");
    read = [...(system.length > 0 ? system : getCACertificates("bundled")), ...getCACertificates("extra")];
  }
  return read;
}
