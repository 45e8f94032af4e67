import { readdirSync, realpathSync, statSync, type BigIntStats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** A manifest file as it is found, in the order in which files are read. */
export interface FoundFile {
  /** For people: the path that the user gave, and what is below it. */
  readonly path: string;
  /** Real path. A file that is reached twice is read once. */
  readonly identity: string;
  /** Changes when the content does; see `settled`. */
  readonly signature: string;
  /** Bytes. */
  readonly size: number;
  /** The last change is so long ago that another one would have changed the signature. */
  readonly settled: boolean;
}

/** A folder in which changes may happen. */
export interface WatchedFolder {
  readonly path: string;
  /** Changes when another folder takes its place. */
  readonly inode: bigint;
  /** The only names that matter; absent = all. */
  readonly names?: ReadonlySet<string>;
}

export interface FailedPath {
  readonly path: string;
  readonly message: string;
  /** What was there before is gone; otherwise it is merely out of reach, and what it gave stays. */
  readonly gone: boolean;
}

export interface Survey {
  readonly files: readonly FoundFile[];
  readonly folders: readonly WatchedFolder[];
  readonly failed: readonly FailedPath[];
}

/** A wrong path such as `/` should fail, not fill the memory. */
const MAX_FILES = 100_000;
const TOO_MANY = `More than ${MAX_FILES} files: give a narrower path`;

/** Coarsest time stamps of usual file systems, with room: two changes within it can look like one. */
const SETTLED_MS = 100;

const MANIFEST = /\.(yaml|yml|json)$/i;

/**
 * Finds the manifest files at the paths: files themselves, folders with everything below them. Hidden entries
 * of folders are passed over (`.git`, and the `..data` of mounted ConfigMaps, whose files are reached by name).
 */
export function survey(paths: readonly string[]): Survey {
  const walk = new Walk();
  for (const path of paths) walk.root(path);
  return {
    files: walk.files,
    folders: [...walk.folders.values()],
    failed: walk.failed,
  };
}

class Walk {
  readonly files: FoundFile[] = [];
  readonly folders = new Map<string, { path: string; inode: bigint; names?: Set<string> }>();
  readonly failed: FailedPath[] = [];
  private readonly seen = new Set<string>();
  /** What was reached before by another path counts too. */
  private manifests = 0;
  private readonly now = Date.now();
  /** The path of the user that is walked. */
  private current = "";
  private overflow: number | undefined;

  root(path: string): void {
    this.current = path;
    const place = resolve(path);
    const link = this.isLink(place);
    // The name may come to mean something else: watched where it is kept. A link can change by way of others.
    this.watch(dirname(place), link ? undefined : basename(place));
    const before = this.manifests + this.failed.length;
    const stats = this.stat(path, place);
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      this.folder(path, place, link, stats);
      if (this.manifests + this.failed.length === before) {
        this.failed.push({ path, message: "Folder holds no .yaml, .yml or .json file", gone: true });
      }
    } else if (stats.isFile()) {
      this.file(path, place, link, stats);
    } else {
      this.failed.push({ path, message: "Neither a file nor a folder", gone: true });
    }
  }

  private folder(path: string, place: string, link: boolean, stats: BigIntStats): void {
    const real = this.real(path, place, link);
    if (real === undefined) return;
    // Also ends the loops that symbolic links can make.
    if (this.seen.has(real)) {
      this.manifests++;
      return;
    }
    this.seen.add(real);
    this.watch(real, undefined, stats.ino);
    let entries;
    try {
      entries = readdirSync(real, { withFileTypes: true });
    } catch (error) {
      this.fail(path, error);
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const below = join(path, entry.name);
      const target = join(real, entry.name);
      const linked = entry.isSymbolicLink();
      const manifest = MANIFEST.test(entry.name);
      if (entry.isFile() && !manifest) continue;
      if (!entry.isFile() && !entry.isDirectory() && !linked) continue;
      const at = this.stat(below, target, manifest);
      if (at?.isDirectory()) this.folder(below, target, linked, at);
      else if (at?.isFile() && manifest) this.file(below, target, linked, at);
    }
  }

  private file(path: string, place: string, link: boolean, stats: BigIntStats): void {
    const identity = this.real(path, place, link);
    if (identity === undefined) return;
    this.manifests++;
    if (this.seen.has(identity)) return;
    this.seen.add(identity);
    if (this.files.length >= MAX_FILES) {
      this.overflow ??= this.failed.push({ path: this.current, message: TOO_MANY, gone: false });
      return;
    }
    const { ino, size, mtimeNs, ctimeNs, mtimeMs } = stats;
    this.files.push({
      path,
      identity,
      signature: `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
      size: Number(size),
      settled: this.now - Number(mtimeMs) > SETTLED_MS,
    });
    this.watch(dirname(identity), basename(identity));
  }

  private stat(path: string, place: string, needed = true): BigIntStats | undefined {
    try {
      return statSync(place, { bigint: true });
    } catch (error) {
      if (needed) this.fail(path, error);
      return undefined;
    }
  }

  private real(path: string, place: string, link: boolean): string | undefined {
    if (!link) return place;
    try {
      return realpathSync(place);
    } catch (error) {
      // It was moved since it was looked at.
      this.fail(path, error);
      return undefined;
    }
  }

  private isLink(place: string): boolean {
    try {
      return realpathSync(place) !== place;
    } catch {
      return true;
    }
  }

  private fail(path: string, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    this.failed.push({ path, message: readable(error), gone: code === "ENOENT" || code === "ENOTDIR" });
  }

  private watch(path: string, name: string | undefined, inode?: bigint): void {
    const known = this.folders.get(path);
    if (known === undefined) {
      const found = inode ?? inodeOf(path);
      if (found === undefined) return;
      const names = name === undefined ? {} : { names: new Set([name]) };
      this.folders.set(path, { path, inode: found, ...names });
    } else if (name === undefined) {
      delete known.names;
    } else {
      known.names?.add(name);
    }
  }
}

/** Nothing when the folder is out of reach: it is watched once it is not. */
function inodeOf(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}

/** What went wrong with a file, for its user. */
export function readable(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "Path does not exist",
  ENOTDIR: "Path does not exist",
  EACCES: "No permission to read this",
  EPERM: "No permission to read this",
  ELOOP: "Symbolic links lead in a circle",
};
