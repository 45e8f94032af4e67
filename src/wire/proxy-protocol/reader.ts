import { isIP, isIPv4, isIPv6 } from "node:net";
import type { ProxiedConnection } from "./header.ts";

/**
 * Longest line of version 1 with its CRLF ("TCP6" with the longest addresses is 104, "UNKNOWN" may have more behind it).
 * HAProxy's specification section 2.1.
 */
const maxLine = 107;
/** More than addresses and all defined TLVs take; the length field could say 65535. */
const maxBlock = 2048;

/** The twelve bytes with which version 2 begins (section 2.2). */
export const signature: Buffer = Buffer.from([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
]);
const fixedBytes = 16;

/** A header of the PROXY protocol, at the start of a connection. */
export type ProxyHeader =
  /** Not whole yet: more bytes are needed. */
  | { readonly state: "more" }
  /** No such header; `message` says what is wrong with it. */
  | { readonly state: "refused"; readonly message: string }
  /**
   * The header takes `length` bytes. Without a connection the one in front speaks for itself (LOCAL, UNKNOWN, or a family that has
   * no IP addresses): the addresses of the socket count.
   */
  | { readonly state: "read"; readonly length: number; readonly connection?: ProxiedConnection };

const more: ProxyHeader = { state: "more" };

/**
 * Reads a header of version 1 or 2 from the first bytes of a connection: all of them, each time anew. It never asks for more than
 * 2 064 bytes. "The receiver MUST be configured to only receive the protocol": whoever is not in front cannot be allowed to send one.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const size = Math.min(bytes.length, signature.length);
  if (bytes.compare(signature, 0, size, 0, size) === 0)
    return bytes.length < fixedBytes ? more : readBinary(bytes);
  return readLine(bytes);
}

function refused(message: string): ProxyHeader {
  return { state: "refused", message };
}

function readLine(bytes: Buffer): ProxyHeader {
  const start = "PROXY ";
  const text = bytes.toString("latin1", 0, maxLine);
  if (!start.startsWith(text.slice(0, start.length)) && !text.startsWith(start))
    return refused("the connection does not begin with a PROXY header");
  const end = text.indexOf("\r\n");
  if (end < 0) return text.length < maxLine ? more : refused(`a line of ${maxLine} bytes does not end`);
  const length = end + 2;
  const [, family = "", source = "", destination = "", sourcePort = "", destinationPort = "", ...rest] = text
    .slice(0, end)
    .split(" ");
  if (family === "UNKNOWN") return { state: "read", length };
  const isFamily = family === "TCP4" ? isIPv4 : family === "TCP6" ? isIPv6 : undefined;
  if (isFamily === undefined) return refused("the protocol is neither TCP4, TCP6 nor UNKNOWN");
  // Zones are those of one machine; Node has them belong to the address.
  const hasZone = source.includes("%") || destination.includes("%");
  if (rest.length > 0 || hasZone || !isFamily(source) || !isFamily(destination))
    return refused(`the addresses are not those of ${family}`);
  const ports = [sourcePort, destinationPort].map(readPort);
  if (ports.includes(-1)) return refused("a port is not a number from 0 to 65535");
  const connection = {
    source: { host: source, port: ports[0]! },
    destination: { host: destination, port: ports[1]! },
  };
  return { state: "read", length, connection };
}

/** Decimal without leading zeros, as the specification wants it. */
function readPort(text: string): number {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535 ? Number(text) : -1;
}

function readBinary(bytes: Buffer): ProxyHeader {
  const version = bytes[12]! >> 4;
  const command = bytes[12]! & 0xf;
  if (version !== 2) return refused(`version ${version} of the binary header is not known`);
  if (command > 1) return refused(`command ${command} is neither LOCAL nor PROXY`);
  const block = bytes.readUInt16BE(14);
  if (block > maxBlock) return refused(`a header of ${block} bytes is longer than ${maxBlock}`);
  const length = fixedBytes + block;
  if (bytes.length < length) return more;
  const family = bytes[13]! >> 4;
  // "LOCAL ... the receiver must accept this connection as valid and must use the real connection endpoints", and "UNSPEC" likewise.
  if (command === 0 || family === 0 || family === 3) return { state: "read", length };
  if (family > 3) return refused(`address family ${family} is not known`);
  const size = family === 1 ? 4 : 16;
  if (block < 2 * size + 4) return refused("the addresses are cut off");
  const at = fixedBytes;
  const host = (from: number): string => addressText(bytes.subarray(from, from + size));
  const connection = {
    source: { host: host(at), port: bytes.readUInt16BE(at + 2 * size) },
    destination: { host: host(at + size), port: bytes.readUInt16BE(at + 2 * size + 2) },
  };
  return { state: "read", length, connection };
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  const text = groups.join(":");
  // The longest run of zeros is written as "::" (RFC 5952 section 4.2).
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return text;
  const short = text.replace(longest, longest.startsWith(":") ? ":" : "").replace(/^(?=:)/, ":");
  const fixed = short.includes("::") ? short : short.endsWith(":") ? `${short}:` : short;
  return isIP(fixed) === 6 ? fixed : text;
}
