import type { Listener } from "../../program/program.ts";
import type { AuthStep } from "../auth/auth.ts";
import { Candidates } from "./candidates.ts";
import { link, unlink } from "./chain.ts";
import { HASH_SEED, hashText } from "./hash.ts";
import { Host, MASK_BITS, PathNode } from "./host.ts";
import { HostIndex } from "./host-index.ts";
import type { L4Table } from "./l4-table.ts";
import { depthOf } from "./path-scan.ts";
import { PatternTable } from "./pattern-table.ts";
import type { FieldView, Probe } from "./probe.ts";
import type { CompiledMatch } from "./rule.ts";
import type { Trust } from "./trust.ts";

/**
 * The routes of one listener. A lookup takes a few steps per hostname that fits the request and per depth
 * at which that hostname has prefixes, and none for the number of routes.
 */
export class ListenerTable {
  readonly key: string;
  /** `undefined` while routes name a listener that is not there. */
  listener: Listener | undefined = undefined;
  /** Whose word on the client counts; undefined: everybody's is passed on. */
  trust: Trust | undefined = undefined;
  /** Authorization servers that every request needs the consent of before it is looked up. */
  auths: readonly AuthStep[] = [];
  /** Routes of connections or flows. */
  l4: L4Table | undefined = undefined;
  /** Number of matches and L4 hostnames in the table. */
  size = 0;
  private readonly probe: Probe;
  private readonly hosts = new HostIndex<Host>();
  private readonly paths = new Map<number, PathNode>();
  private nextHost = 1;
  /** Never shrink: they only bound how much of a path is read. */
  private longestPath = 0;
  private deepestPrefix = 0;

  constructor(key: string, probe: Probe) {
    this.key = key;
    this.probe = probe;
  }

  /**
   * The match that a request gets, or `undefined`: 404. `host` as for `BindTable.choose`; `target` is in
   * normal form (`normalizeTarget`).
   */
  lookup(host: string, method: string, target: string, fields: FieldView): CompiledMatch | undefined {
    const { probe, hosts } = this;
    probe.begin(method, target, fields);
    probe.host.read(host);
    const exact = hosts.exact(probe.host);
    if (exact !== undefined) {
      const match = this.inHost(exact);
      if (match !== undefined) return match;
    }
    const wildcards = hosts.wildcards();
    for (let i = 0; i < wildcards.length; i++) {
      probe.inspected++;
      const wildcard = hosts.wildcard(probe.host, wildcards[i]!);
      if (wildcard === undefined) continue;
      const match = this.inHost(wildcard);
      if (match !== undefined) return match;
    }
    return hosts.any === undefined ? undefined : this.inHost(hosts.any);
  }

  /**
   * Exact path, then regular expression, then longest prefix. A gRPC method of any service comes last but for the
   * prefix `/`: "Characters in a matching service" go before "characters in a matching method" (`GRPCRouteRule`).
   */
  private inHost(host: Host): CompiledMatch | undefined {
    const { probe } = this;
    const { only } = host;
    if (only !== undefined) {
      probe.inspected++;
      return only.fits(probe.target) ? only.pick(probe) : undefined;
    }
    const scan = probe.path;
    if (!probe.pathRead) {
      probe.pathRead = true;
      scan.read(probe.target, this.longestPath, this.deepestPrefix);
    }
    if (host.exactPaths > 0 && scan.whole) {
      const node = this.node(host.exactSalt, scan.hash, scan.end);
      const match = node === undefined ? undefined : node.pick(probe);
      if (match !== undefined) return match;
    }
    if (host.patterns !== undefined) {
      const match = host.patterns.pick(probe);
      if (match !== undefined) return match;
    }
    if (host.deep !== undefined && scan.depth >= MASK_BITS) {
      for (let i = 0; i < host.deep.length; i++) {
        const match = this.prefix(host, host.deep[i]!);
        if (match !== undefined) return match;
      }
    }
    const shallow = scan.depth >= MASK_BITS - 1 ? host.shallow : host.shallow & ((2 << scan.depth) - 1);
    const { methods } = host;
    let depths = methods === undefined ? shallow : shallow & ~1;
    while (depths !== 0) {
      const depth = 31 - Math.clz32(depths);
      const match = this.prefix(host, depth);
      if (match !== undefined) return match;
      depths ^= 1 << depth;
    }
    if (methods === undefined) return undefined;
    const match = this.inMethods(methods);
    return match === undefined && (shallow & 1) !== 0 ? this.prefix(host, 0) : match;
  }

  private inMethods(methods: ReadonlyMap<string, Candidates>): CompiledMatch | undefined {
    const { probe } = this;
    probe.inspected++;
    const candidates = methods.get(methodOf(probe.pathname()));
    return candidates === undefined ? undefined : candidates.pick(probe);
  }

  private prefix(host: Host, depth: number): CompiledMatch | undefined {
    const scan = this.probe.path;
    if (depth > scan.depth) return undefined;
    const node = this.node(host.prefixSalt, scan.hashes[depth]!, scan.ends[depth]!);
    return node === undefined ? undefined : node.pick(this.probe);
  }

  /** The node of the first `length` characters of the request's target, whose hash is known. */
  private node(salt: number, hash: number, length: number): PathNode | undefined {
    const { probe } = this;
    probe.inspected++;
    let node = this.paths.get(hash ^ salt);
    while (node !== undefined) {
      if (node.salt === salt && node.path.length === length && probe.target.startsWith(node.path))
        return node;
      probe.inspected++;
      node = node.next;
    }
    return undefined;
  }

  add(hostname: string, match: CompiledMatch): void {
    this.size++;
    let host = this.hosts.get(hostname);
    if (host === undefined) this.hosts.add((host = new Host(hostname, this.nextHost++)));
    host.size++;
    if (match.type === "RegularExpression") {
      host.only = undefined;
      host.patterns ??= new PatternTable();
      host.patterns.add(match);
      this.need(host.patterns.longest, host.patterns.deepest);
      return;
    }
    if (match.type === "GRPCMethod") {
      host.only = undefined;
      host.methods ??= new Map();
      let candidates = host.methods.get(match.path);
      if (candidates === undefined) host.methods.set(match.path, (candidates = new Candidates()));
      candidates.add(match);
      return;
    }
    const isExact = match.type === "Exact";
    const salt = isExact ? host.exactSalt : host.prefixSalt;
    const key = hashText(HASH_SEED, match.path) ^ salt;
    let node = this.find(key, salt, match.path);
    if (node === undefined) {
      const depth = depthOf(match.path);
      link(this.paths, (node = new PathNode(key, salt, match.path, isExact)));
      host.addPath(node, depth);
      this.need(match.path.length, isExact ? 0 : depth);
    }
    node.add(match);
  }

  /** Takes out what `add` put in. */
  remove(hostname: string, match: CompiledMatch): void {
    const host = this.hosts.get(hostname);
    if (host === undefined) return;
    this.size--;
    host.size--;
    if (host.size === 0) this.hosts.remove(host);
    if (match.type === "RegularExpression") {
      host.patterns?.remove(match);
      if (host.patterns?.empty === true) host.patterns = undefined;
      return;
    }
    if (match.type === "GRPCMethod") {
      const candidates = host.methods?.get(match.path);
      candidates?.remove(match);
      if (candidates?.size === 0) host.methods?.delete(match.path);
      if (host.methods?.size === 0) host.methods = undefined;
      return;
    }
    const salt = match.type === "Exact" ? host.exactSalt : host.prefixSalt;
    const node = this.find(hashText(HASH_SEED, match.path) ^ salt, salt, match.path);
    if (node === undefined) return;
    node.remove(match);
    if (node.size > 0) return;
    unlink(this.paths, node);
    host.removePath(node, depthOf(match.path));
  }

  private need(length: number, depth: number): void {
    if (length > this.longestPath) this.longestPath = length;
    if (depth > this.deepestPrefix) this.deepestPrefix = depth;
    this.probe.path.reserve(depth);
  }

  private find(key: number, salt: number, path: string): PathNode | undefined {
    let node = this.paths.get(key);
    while (node !== undefined && (node.salt !== salt || node.path !== path)) node = node.next;
    return node;
  }
}

/** Of `/SERVICE/METHOD`; `""`, which no method is called, of any other path. */
function methodOf(path: string): string {
  const slash = path.indexOf("/", 1);
  return slash <= 1 || path.includes("/", slash + 1) ? "" : path.slice(slash + 1);
}
