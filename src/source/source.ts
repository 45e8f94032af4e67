import { equalValues } from "../resources/equality.ts";
import type { ResourceChange, ResourceKey } from "../resources/resource.ts";
import { Catalog } from "./catalog.ts";
import { ManifestFile } from "./file.ts";
import { survey, type Survey } from "./folders.ts";
import { Follower } from "./follow.ts";
import type { Problem, SkippedKind } from "./problem.ts";

export { ClusterSource, type ClusterEvent } from "./cluster.ts";
export { formatProblem, type Problem, type SkippedKind } from "./problem.ts";

/** Everything that one look at the files has brought, at once. */
export interface SourceEvent {
  readonly changes: readonly ResourceChange[];
  /** Those of them that no file gives: namespaces of what the files hold. */
  readonly implied: ReadonlySet<ResourceKey>;
  /** All that stand now, in the order of files and lines. */
  readonly problems: readonly Problem[];
  /** Kinds that were not met before. */
  readonly skipped: readonly SkippedKind[];
  /** Files that appeared, changed or went. */
  readonly files: readonly string[];
  /** When the change was noticed, on the clock of `performance.now()`. */
  readonly readAt: number;
}

export interface FileSource {
  /** What the files said at the start: every object is a change. */
  readonly first: SourceEvent;
  close(): void;
}

export interface FileOptions {
  onEvent(event: SourceEvent): void;
  /** Creation time of objects that have none; the clock of the machine unless given. */
  now?(): Date;
}

/** New folders can hold new folders; whoever makes them faster than this is caught by the next look. */
const MAX_SURVEYS = 3;

/**
 * Reads the files and folders (recursively; YAML and JSON), and follows them until it is closed. Mistakes in
 * files are problems of an event; a path that does not exist or holds no manifest rejects.
 */
export async function openFiles(paths: readonly string[], options: FileOptions): Promise<FileSource> {
  if (paths.length === 0) throw new Error("No file or folder given");
  const files = new Files(paths, options);
  try {
    return files.open();
  } catch (error) {
    files.close();
    throw error;
  }
}

class Files {
  private readonly paths: readonly string[];
  private readonly options: FileOptions;
  private readonly follower = new Follower((noticedAt) => this.look(noticedAt));
  private readonly catalog = new Catalog();
  /** By path: a link may lead elsewhere tomorrow and is the same file to its user. */
  private files = new Map<string, ManifestFile>();
  private readonly skipped = new Set<string>();
  private problems: readonly Problem[] = [];

  constructor(paths: readonly string[], options: FileOptions) {
    this.paths = paths;
    this.options = options;
  }

  open(): FileSource {
    const start = performance.now();
    const found = this.survey();
    const took = performance.now() - start;
    const wrong = found.failed.filter(({ path }) => this.paths.includes(path));
    if (wrong.length > 0) throw new Error(wrong.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    const first = this.take(found, start);
    this.follower.rest(took);
    return { first, close: () => this.close() };
  }

  close(): void {
    this.follower.close();
  }

  private look(noticedAt: number): void {
    const start = performance.now();
    const before = this.problems;
    const found = this.survey();
    this.follower.rest(performance.now() - start);
    const event = this.take(found, noticedAt);
    const news = event.changes.length + event.files.length + event.skipped.length > 0;
    if (news || !sameProblems(before, event.problems)) this.options.onEvent(event);
  }

  /** Watching comes first: what changes after the survey is noticed, what changed before is in it. */
  private survey(): Survey {
    let found = survey(this.paths);
    for (let count = 1; this.follower.watch(found.folders) && count < MAX_SURVEYS; count++) {
      found = survey(this.paths);
    }
    return found;
  }

  private take(found: Survey, readAt: number): SourceEvent {
    const files = new Map<string, ManifestFile>();
    const changed: string[] = [];
    const lost = found.failed.filter(({ gone }) => !gone);
    for (const each of found.files) {
      const known = this.files.get(each.path);
      const file = known ?? new ManifestFile(each.path);
      if (file.isStale(each) && file.read(each)) changed.push(file.path);
      else if (known === undefined) changed.push(file.path);
      files.set(each.path, file);
    }
    for (const [path, file] of this.files) {
      if (files.has(path)) continue;
      // What is merely out of reach keeps what it gave.
      const reason = lost.find((each) => path === each.path || path.startsWith(`${each.path}/`));
      if (reason === undefined) changed.push(file.path);
      else {
        if (file.fail(reason.message)) changed.push(file.path);
        files.set(path, file);
      }
    }
    this.files = files;
    const now = this.options.now?.() ?? new Date();
    const { changes, implied, problems } = this.catalog.update(files.values(), now);
    this.problems = [...problems, ...this.pathProblems(found)];
    return {
      changes,
      implied,
      problems: this.problems,
      skipped: this.newlySkipped(),
      files: changed,
      readAt,
    };
  }

  private pathProblems({ failed }: Survey): Problem[] {
    const place = { line: 1, column: 1, excerpt: "", keptLastGood: false };
    const paths = failed
      .filter(({ path }) => !this.files.has(path))
      .map(({ path, message }): Problem => ({ ...place, file: path, message, severity: "error" }));
    for (const [path, code] of this.follower.failed) {
      const message = `Cannot watch this folder (${code}): changes are noticed within seconds, not at once`;
      paths.push({ ...place, file: path, message, severity: "warning" });
    }
    return paths;
  }

  private newlySkipped(): SkippedKind[] {
    const fresh: SkippedKind[] = [];
    for (const file of this.files.values()) {
      for (const skipped of file.skipped) {
        const name = `${skipped.apiVersion} ${skipped.kind}`;
        if (this.skipped.has(name)) continue;
        this.skipped.add(name);
        fresh.push(skipped);
      }
    }
    return fresh;
  }
}

function sameProblems(a: readonly Problem[], b: readonly Problem[]): boolean {
  return a.length === b.length && a.every((problem, index) => equalValues(problem, b[index]));
}
