import { isIP } from "node:net";

export interface HostPort {
  /** IP address (IPv6 without brackets) or DNS name, lower case. */
  readonly host: string;
  readonly port: number;
}

const dnsName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** What is written where one of these is wanted; for error messages. */
export const hostPortForm =
  'HOST:PORT, where HOST is an IPv4 address, an IPv6 address in brackets or a DNS name ("127.0.0.1:3000", "[::1]:3000", "localhost:3000")';

/** Undefined when the text is not `HOST:PORT`. */
export function parseHostPort(text: string): HostPort | undefined {
  const parts = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(text.trim())?.groups;
  if (parts === undefined) return undefined;
  const port = parsePort(parts.port!);
  if (port === undefined) return undefined;
  if (parts.v6 !== undefined)
    return isIP(parts.v6) === 6 ? { host: parts.v6.toLowerCase(), port } : undefined;
  const host = parts.name!.toLowerCase();
  // `1.2.3` or `300.1.1.1` would pass as a DNS name and never resolve.
  const isNumeric = /^[\d.]+$/.test(host);
  if (isNumeric ? isIP(host) !== 4 : !dnsName.test(host)) return undefined;
  return { host, port };
}

/** A TCP port, or undefined. */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** An address as it stands in a URL: `127.0.0.1`, `[::1]`. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
