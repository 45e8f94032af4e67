import { isIPv6 } from "node:net";
import type { ProxiedConnection } from "./header.ts";
import { signature } from "./reader.ts";

/** `0x20`: version 2. `1`: PROXY, `0`: LOCAL. */
const versionAndProxy = 0x21;
const versionAndLocal = 0x20;
/** TCP over IPv4 or IPv6. */
const stream4 = 0x11;
const stream6 = 0x21;

/** A header of version 1: one line of text. Without a connection: the sender speaks for itself. */
export function proxyLine(connection: ProxiedConnection | undefined): string {
  if (connection === undefined) return "PROXY UNKNOWN\r\n";
  const { source, destination } = connection;
  const family = isIPv6(source.host) ? "TCP6" : "TCP4";
  const [from, to] = [withoutZone(source.host), withoutZone(destination.host)];
  return `PROXY ${family} ${from} ${to} ${source.port} ${destination.port}\r\n`;
}

/** A header of version 2. Without a connection: the sender speaks for itself, for its health checks for one. */
export function proxyBlock(connection: ProxiedConnection | undefined): Buffer {
  if (connection === undefined) return Buffer.concat([signature, Buffer.from([versionAndLocal, 0, 0, 0])]);
  const { source, destination } = connection;
  const addresses = Buffer.concat([addressBytes(source.host), addressBytes(destination.host)]);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const size = addresses.length + ports.length;
  const fixed = Buffer.from([
    versionAndProxy,
    isIPv6(source.host) ? stream6 : stream4,
    size >> 8,
    size & 0xff,
  ]);
  return Buffer.concat([signature, fixed, addresses, ports]);
}

/** The interface that a link-local address is seen on (`fe80::1%eth0`) means nothing to anybody else, and servers refuse it. */
function withoutZone(host: string): string {
  const zone = host.indexOf("%");
  return zone < 0 ? host : host.slice(0, zone);
}

/** @param host An IP address. */
function addressBytes(host: string): Buffer {
  if (!isIPv6(host)) return Buffer.from(host.split(".").map(Number));
  // The last two groups may be written as an IPv4 address.
  const text = withoutZone(host).replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...quads: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = quads.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [before = "", after] = text.split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  const bytes = Buffer.alloc(16);
  [...head, ...(after === undefined ? [] : zeros), ...tail].forEach((group, index) =>
    bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index),
  );
  return bytes;
}
