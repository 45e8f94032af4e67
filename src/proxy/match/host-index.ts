import { link, unlink, type Chained } from "./chain.ts";
import { Depths } from "./depths.ts";
import { HASH_SEED, mix } from "./hash.ts";
import type { HostScan } from "./host-scan.ts";

/** What an index holds: a value that knows its hostname, chained in place to spare a step per lookup. */
export abstract class Hosted<Self> implements Chained<Self> {
  /** The hostname, or the `.b.c` of `*.b.c`. */
  readonly suffix: string;
  readonly wildcard: boolean;
  readonly key: number;
  next: Self | undefined = undefined;

  constructor(hostname: string) {
    this.wildcard = hostname.startsWith("*.");
    this.suffix = suffixOf(hostname);
    this.key = hashBackwards(this.suffix);
  }
}

/**
 * Values by hostname: `""` (any), `a.example.com`, or `*.example.com`, which stands for one label or more.
 * A request walks from the most specific hostname to the least: exact, the wildcards, any.
 */
export class HostIndex<Value extends Hosted<Value>> {
  private readonly nodes = new Map<number, Value>();
  /** How many dots the wildcards have: `*.b.c` has two. */
  private wildcardDepths: Depths | undefined = undefined;
  /** The value of the hostname `""`. */
  any: Value | undefined = undefined;

  get(hostname: string): Value | undefined {
    if (hostname === "") return this.any;
    const wildcard = hostname.startsWith("*.");
    const suffix = suffixOf(hostname);
    let node = this.nodes.get(hashBackwards(suffix));
    while (node !== undefined && (node.wildcard !== wildcard || node.suffix !== suffix)) node = node.next;
    return node;
  }

  /** Adds a value whose hostname is not in the index. */
  add(value: Value): void {
    if (value.suffix === "") {
      this.any = value;
      return;
    }
    link(this.nodes, value);
    if (!value.wildcard) return;
    const dots = dotsIn(value.suffix);
    if (this.wildcardDepths === undefined) this.wildcardDepths = new Depths(dots);
    else this.wildcardDepths.add(dots);
  }

  /** Takes out a value that is in the index. */
  remove(value: Value): void {
    if (value.suffix === "") {
      this.any = undefined;
      return;
    }
    unlink(this.nodes, value);
    if (value.wildcard) this.wildcardDepths?.remove(dotsIn(value.suffix));
  }

  /** The most specific value for a host. */
  best(host: HostScan): Value | undefined {
    const exact = this.exact(host);
    if (exact !== undefined) return exact;
    const wildcards = this.wildcards();
    for (let i = 0; i < wildcards.length; i++) {
      host.inspected++;
      const wildcard = this.wildcard(host, wildcards[i]!);
      if (wildcard !== undefined) return wildcard;
    }
    return this.any;
  }

  exact(host: HostScan): Value | undefined {
    if (!host.whole) return undefined;
    let node = this.nodes.get(host.hash);
    while (node !== undefined) {
      if (!node.wildcard && host.isWhole(node.suffix)) return node;
      node = node.next;
    }
    return undefined;
  }

  /** The numbers to call `wildcard` with, most specific first. */
  wildcards(): readonly number[] {
    return this.wildcardDepths === undefined ? NONE : this.wildcardDepths.list;
  }

  /** The value of the wildcard with so many dots that the host is under. */
  wildcard(host: HostScan, dots: number): Value | undefined {
    if (dots > host.dots) return undefined;
    let node = this.nodes.get(host.hashes[dots] ?? 0);
    while (node !== undefined) {
      if (node.wildcard && host.hasSuffix(node.suffix, dots)) return node;
      node = node.next;
    }
    return undefined;
  }
}

const NONE: readonly number[] = [];

function suffixOf(hostname: string): string {
  return hostname.startsWith("*.") ? hostname.slice(1) : hostname;
}

function hashBackwards(text: string): number {
  let hash = HASH_SEED;
  for (let i = text.length - 1; i >= 0; i--) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

function dotsIn(text: string): number {
  let dots = 0;
  for (let i = 0; i < text.length; i++) if (text[i] === ".") dots++;
  return dots;
}
