import { Candidates } from "./candidates.ts";
import type { Chained } from "./chain.ts";
import { Depths } from "./depths.ts";
import { spread } from "./hash.ts";
import { Hosted } from "./host-index.ts";
import type { PatternTable } from "./pattern-table.ts";

const SLASH = 47;
const QUESTION_MARK = 63;

/** The matches of one path, exact or prefix, under one hostname. */
export class PathNode extends Candidates implements Chained<PathNode> {
  readonly path: string;
  readonly exact: boolean;
  readonly key: number;
  /** The host's, for this kind of path. */
  readonly salt: number;
  next: PathNode | undefined = undefined;

  constructor(key: number, salt: number, path: string, exact: boolean) {
    super();
    this.path = path;
    this.exact = exact;
    this.key = key;
    this.salt = salt;
  }

  /** The path fits a request target, seen without the tables. */
  fits(target: string): boolean {
    if (!target.startsWith(this.path)) return false;
    const end = this.path.length;
    if (end === target.length) return true;
    const code = target.charCodeAt(end);
    if (code === QUESTION_MARK) return true;
    return !this.exact && (code === SLASH || end === 0);
  }
}

/** Depths below this have a bit in `Host.shallow`; 31 keeps the mask a small integer of the engine. */
export const MASK_BITS = 31;

/** What a table knows of one hostname; its paths are in the table that all hostnames share. */
export class Host extends Hosted<Host> {
  /** The one path of a hostname that has no other and no pattern: nearly all of many hostnames. */
  only: PathNode | undefined = undefined;
  patterns: PatternTable | undefined = undefined;
  /** By name of the gRPC method, of whatever service. */
  methods: Map<string, Candidates> | undefined = undefined;
  exactPaths = 0;
  /** Bit `d`: it has prefixes of depth `d`. */
  shallow = 0;
  /** The depths of prefixes that have no bit, deepest first. */
  deep: readonly number[] | undefined = undefined;
  /** Mixed into the hashes of its exact paths and of its prefixes. No two hosts share one. */
  readonly exactSalt: number;
  readonly prefixSalt: number;
  /** Number of matches. */
  size = 0;
  private paths = 0;
  private prefixes: Depths | undefined = undefined;

  constructor(hostname: string, id: number) {
    super(hostname);
    this.exactSalt = spread(2 * id);
    this.prefixSalt = spread(2 * id + 1);
  }

  addPath(node: PathNode, depth: number): void {
    this.paths++;
    const isOnly = this.paths === 1 && this.patterns === undefined && this.methods === undefined;
    this.only = isOnly ? node : undefined;
    if (node.exact) {
      this.exactPaths++;
      return;
    }
    if (this.prefixes === undefined) this.prefixes = new Depths(depth);
    else this.prefixes.add(depth);
    this.seeDepths(this.prefixes);
  }

  /** Takes back one `addPath`. */
  removePath(node: PathNode, depth: number): void {
    this.paths--;
    // The path that may be left alone is not looked for: it is found by the tables.
    this.only = undefined;
    if (node.exact) {
      this.exactPaths--;
      return;
    }
    this.prefixes?.remove(depth);
    if (this.prefixes !== undefined) this.seeDepths(this.prefixes);
  }

  private seeDepths({ list }: Depths): void {
    this.shallow = 0;
    for (const depth of list) if (depth < MASK_BITS) this.shallow |= 1 << depth;
    const deep = list.filter((depth) => depth >= MASK_BITS);
    this.deep = deep.length === 0 ? undefined : deep;
  }
}
