import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { BackendTls } from "../../program/program.ts";

/**
 * Whether a certificate is the one of the backend that was meant: one of `names` is in it, or `serverName` if there are none. The
 * common name does not count (RFC 9525 section 2).
 */
export function isMeant(certificate: X509Certificate, tls: BackendTls): boolean {
  const { names } = tls;
  if (names === undefined || names.length === 0) return hasHost(certificate, tls.serverName);
  const alternatives = readAlternatives(certificate.subjectAltName ?? "");
  return names.some(({ type, value }) =>
    type === "URI"
      ? alternatives.some((name) => name === `URI:${value}`)
      : hasHostname(certificate, value, alternatives),
  );
}

function hasHost(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return certificate.checkHost(host, { subject: "never", partialWildcards: false }) !== undefined;
}

/** A wildcard that is asked for is found as such, or in a name of one label under it. */
function hasHostname(
  certificate: X509Certificate,
  hostname: string,
  alternatives: readonly string[],
): boolean {
  if (!hostname.startsWith("*.")) return hasHost(certificate, hostname);
  const suffix = hostname.slice(1).toLowerCase();
  return alternatives.some((name) => {
    if (!name.startsWith("DNS:")) return false;
    const lower = name.slice(4).toLowerCase();
    const dot = lower.indexOf(".");
    return dot > 0 && lower.slice(dot) === suffix;
  });
}

/**
 * `TYPE:VALUE` of each name. Node writes them with commas between, and in the notation of JSON those values that could be taken
 * for more than one (CVE-2021-44532).
 */
function readAlternatives(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)/g),
    ([, type, value = ""]) => {
      const plain = value.startsWith('"') ? (JSON.parse(value) as string) : value;
      return `${type}:${plain}`;
    },
  );
}
