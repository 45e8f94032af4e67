import { isIPv4, isIPv6 } from "node:net";

import { CelError } from "../error.ts";
import { fn, method, type Overload } from "../overload.ts";
import { BOOL, CIDR_TYPE, INT, IP_TYPE, STRING } from "../types.ts";
import { Opaque } from "../values.ts";

/** An address as a number of 32 or 128 bits. */
class Ip extends Opaque {
  readonly typeName = IP_TYPE.name;
  readonly bits: bigint;
  readonly width: 32 | 128;

  constructor(bits: bigint, width: 32 | 128) {
    super();
    this.bits = bits;
    this.width = width;
  }

  equals(other: Ip): boolean {
    return this.bits === other.bits && this.width === other.width;
  }
}

class Cidr extends Opaque {
  readonly typeName = CIDR_TYPE.name;
  readonly ip: Ip;
  readonly length: number;

  constructor(ip: Ip, length: number) {
    super();
    this.ip = ip;
    this.length = length;
  }

  equals(other: Cidr): boolean {
    return this.length === other.length && this.ip.equals(other.ip);
  }

  /** The part of an address that all addresses of the network share. */
  network(bits: bigint): bigint {
    return bits >> BigInt(this.ip.width - this.length);
  }

  contains(ip: Ip): boolean {
    return ip.width === this.ip.width && this.network(ip.bits) === this.network(this.ip.bits);
  }
}

const hex = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);

/** Undefined for what is no address: also with a zone, and an IPv4 address inside an IPv6 one. */
function ipOf(text: string): Ip | undefined {
  if (isIPv4(text)) {
    return new Ip(
      text.split(".").reduce((bits, part) => (bits << 8n) | BigInt(part), 0n),
      32,
    );
  }
  if (!isIPv6(text) || text.includes("%")) {
    return undefined;
  }
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const plain =
    dotted === null ? text : `${dotted[1]}${hex(dotted[2]!, dotted[3]!)}:${hex(dotted[4]!, dotted[5]!)}`;
  const [head, tail] = plain.split("::") as [string, string | undefined];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros: string[] = Array(8 - left.length - right.length).fill("0");
  const bits = [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  return bits >> 32n === 0xffffn ? undefined : new Ip(bits, 128);
}

function cidrOf(text: string): Cidr | undefined {
  const slash = text.lastIndexOf("/");
  const ip = slash === -1 ? undefined : ipOf(text.slice(0, slash));
  const length = text.slice(slash + 1);
  return ip === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > ip.width
    ? undefined
    : new Cidr(ip, Number(length));
}

function toIp(text: string): Ip {
  const value = ipOf(text);
  if (value === undefined) {
    throw new CelError(`${JSON.stringify(text.slice(0, 100))} is not an IP address`);
  }
  return value;
}

function toCidr(text: string): Cidr {
  const value = cidrOf(text);
  if (value === undefined) {
    throw new CelError(`${JSON.stringify(text.slice(0, 100))} is not a CIDR`);
  }
  return value;
}

/** The canonical text (RFC 5952). */
function ipText({ bits, width }: Ip): string {
  if (width === 32) {
    return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const text = groups.join(":");
  // The longest run of zeros, the first of equal ones, if it is longer than one group.
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) {
    return text;
  }
  const before = text.slice(0, longest.index).replace(/:$/, "");
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}

/** Whether the address begins with the bits. */
function within(value: Ip, network: string): boolean {
  return toCidr(network).contains(value);
}

const is = (name: string, ...networks: string[]): Overload =>
  method(name, [IP_TYPE], BOOL, (_, value: Ip) => networks.some((network) => within(value, network)));

const containsCidr = (outer: Cidr, inner: Cidr): boolean =>
  outer.length <= inner.length && outer.contains(inner.ip);

export function addresses(): Overload[] {
  const special = ["0.0.0.0/32", "255.255.255.255/32", "127.0.0.0/8", "224.0.0.0/4", "169.254.0.0/16"];
  const special6 = ["::/128", "::1/128", "ff00::/8", "fe80::/10"];
  return [
    fn("ip", [STRING], IP_TYPE, (_, text: string) => toIp(text)),
    fn("isIP", [STRING], BOOL, (_, text: string) => ipOf(text) !== undefined),
    fn("ip.isCanonical", [STRING], BOOL, (_, text: string) => ipText(toIp(text)) === text),
    fn("string", [IP_TYPE], STRING, (_, value: Ip) => ipText(value)),
    method("family", [IP_TYPE], INT, (_, value: Ip) => (value.width === 32 ? 4 : 6)),
    is("isUnspecified", "0.0.0.0/32", "::/128"),
    is("isLoopback", "127.0.0.0/8", "::1/128"),
    // ff02::/16 under any flags, so the second group of four bits does not count.
    method("isLinkLocalMulticast", [IP_TYPE], BOOL, (_, value: Ip) =>
      value.width === 32 ? within(value, "224.0.0.0/24") : ((value.bits >> 112n) & 0xff0fn) === 0xff02n,
    ),
    is("isLinkLocalUnicast", "169.254.0.0/16", "fe80::/10"),
    method(
      "isGlobalUnicast",
      [IP_TYPE],
      BOOL,
      (_, value: Ip) => ![...special, ...special6].some((network) => within(value, network)),
    ),
    fn("cidr", [STRING], CIDR_TYPE, (_, text: string) => toCidr(text)),
    fn("isCIDR", [STRING], BOOL, (_, text: string) => cidrOf(text) !== undefined),
    fn("string", [CIDR_TYPE], STRING, (_, value: Cidr) => `${ipText(value.ip)}/${value.length}`),
    method("containsIP", [CIDR_TYPE, STRING], BOOL, (_, value: Cidr, text: string) =>
      value.contains(toIp(text)),
    ),
    method("containsIP", [CIDR_TYPE, IP_TYPE], BOOL, (_, value: Cidr, other: Ip) => value.contains(other)),
    method("containsCIDR", [CIDR_TYPE, STRING], BOOL, (_, value: Cidr, text: string) =>
      containsCidr(value, toCidr(text)),
    ),
    method("containsCIDR", [CIDR_TYPE, CIDR_TYPE], BOOL, (_, value: Cidr, other: Cidr) =>
      containsCidr(value, other),
    ),
    method("ip", [CIDR_TYPE], IP_TYPE, (_, value: Cidr) => value.ip),
    method("prefixLength", [CIDR_TYPE], INT, (_, value: Cidr) => value.length),
    method("masked", [CIDR_TYPE], CIDR_TYPE, (_, value: Cidr) => {
      const bits = value.network(value.ip.bits) << BigInt(value.ip.width - value.length);
      return new Cidr(new Ip(bits, value.ip.width), value.length);
    }),
  ];
}
