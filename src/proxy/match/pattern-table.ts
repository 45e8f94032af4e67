import { Candidates } from "./candidates.ts";
import { Depths } from "./depths.ts";
import { HASH_SEED, hashText } from "./hash.ts";
import { link, unlink, type Chained } from "./chain.ts";
import { depthOf } from "./path-scan.ts";
import { literalPrefix, type Pattern } from "./pattern.ts";
import { compare } from "./precedence.ts";
import type { Probe } from "./probe.ts";
import type { CompiledMatch } from "./rule.ts";

/** The matches of one pattern. */
class PatternCandidates extends Candidates {
  readonly pattern: Pattern;

  constructor(pattern: Pattern) {
    super();
    this.pattern = pattern;
  }
}

/** Patterns that only paths below one prefix can match; longest source first. */
class PatternNode implements Chained<PatternNode> {
  readonly key: number;
  readonly prefix: string;
  readonly patterns: PatternCandidates[] = [];
  next: PatternNode | undefined = undefined;

  constructor(key: number, prefix: string) {
    this.key = key;
    this.prefix = prefix;
  }
}

/**
 * Regular expressions on the path of one hostname. The longest pattern that matches wins. Each is filed
 * under the segments that it begins with, so a request tries those of its own corner only.
 */
export class PatternTable {
  private readonly nodes = new Map<number, PatternNode>();
  private depths: Depths | undefined = undefined;
  /** Length and depth of the longest and the deepest prefix that was ever filed. */
  longest = 0;
  deepest = 0;

  get empty(): boolean {
    return this.nodes.size === 0;
  }

  add(match: CompiledMatch): void {
    const prefix = literalPrefix(match.path);
    const depth = depthOf(prefix);
    let node = this.find(prefix);
    if (node === undefined) {
      link(this.nodes, (node = new PatternNode(hashText(HASH_SEED, prefix), prefix)));
      if (this.depths === undefined) this.depths = new Depths(depth);
      else this.depths.add(depth);
      this.longest = Math.max(this.longest, prefix.length);
      this.deepest = Math.max(this.deepest, depth);
    }
    const { patterns } = node;
    let own = patterns.find((one) => one.pattern.source === match.path);
    if (own === undefined && match.pattern !== undefined) {
      own = new PatternCandidates(match.pattern);
      const at = patterns.findIndex((one) => one.pattern.source.length < match.path.length);
      patterns.splice(at < 0 ? patterns.length : at, 0, own);
    }
    own?.add(match);
  }

  /** Takes out what `add` put in. */
  remove(match: CompiledMatch): void {
    const node = this.find(literalPrefix(match.path));
    if (node === undefined) return;
    const at = node.patterns.findIndex((one) => one.pattern.source === match.path);
    const own = node.patterns[at];
    if (own === undefined) return;
    own.remove(match);
    if (own.size > 0) return;
    node.patterns.splice(at, 1);
    if (node.patterns.length > 0) return;
    unlink(this.nodes, node);
    this.depths?.remove(depthOf(node.prefix));
  }

  pick(probe: Probe): CompiledMatch | undefined {
    let best: CompiledMatch | undefined;
    const depths = this.depths === undefined ? [] : this.depths.list;
    for (let i = 0; i < depths.length; i++) {
      const depth = depths[i]!;
      if (depth > probe.path.depth) continue;
      const node = this.nodeAt(probe, depth);
      if (node !== undefined) best = pickPattern(node.patterns, probe, best);
    }
    return best;
  }

  private nodeAt(probe: Probe, depth: number): PatternNode | undefined {
    const { hashes, ends } = probe.path;
    probe.inspected++;
    let node = this.nodes.get(hashes[depth]!);
    while (node !== undefined) {
      if (node.prefix.length === ends[depth] && probe.target.startsWith(node.prefix)) return node;
      node = node.next;
    }
    return undefined;
  }

  private find(prefix: string): PatternNode | undefined {
    let node = this.nodes.get(hashText(HASH_SEED, prefix));
    while (node !== undefined && node.prefix !== prefix) node = node.next;
    return node;
  }
}

/** The better of `best` and what the patterns give: longer pattern first, then the general precedence. */
function pickPattern(
  patterns: readonly PatternCandidates[],
  probe: Probe,
  best: CompiledMatch | undefined,
): CompiledMatch | undefined {
  let winner = best;
  for (let i = 0; i < patterns.length; i++) {
    const one = patterns[i]!;
    if (winner !== undefined && one.pattern.source.length < winner.path.length) break;
    probe.inspected++;
    if (!one.pattern.test(probe.pathname())) continue;
    const found = one.pick(probe);
    if (found === undefined) continue;
    if (winner === undefined || found.path.length > winner.path.length || compare(found, winner) < 0)
      winner = found;
  }
  return winner;
}
