import { watch, type FSWatcher } from "node:fs";
import type { WatchedFolder } from "./folders.ts";

/** Editors and `kubectl`-like tools write in several steps; this long after the last one it is over, milliseconds. */
const HOLD_OFF_MS = 15;
/** Whoever writes all the time is not waited for longer than this, milliseconds. */
const HOLD_OFF_LIMIT_MS = 100;
/** File systems without notifications (NFS, some container mounts) are looked at this often, milliseconds. */
const SAFETY_MS = 2000;
/** The safety look takes at most one part in this many of the time. */
const SAFETY_SHARE = 20;

interface Watcher {
  readonly watcher: FSWatcher;
  readonly inode: bigint;
  folder: WatchedFolder;
}

/**
 * Notices that something changes in folders, and says so once it is quiet. Nothing in here keeps the process
 * alive.
 */
export class Follower {
  private readonly due: (noticedAt: number) => void;
  private readonly watchers = new Map<string, Watcher>();
  /** Folders that cannot be watched, with the reason; the safety look covers them. */
  readonly failed = new Map<string, string>();
  private noticedAt: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private safety: NodeJS.Timeout | undefined;
  private closed = false;

  /** @param due Called with the time of the first notice, on the clock of `performance.now()`. */
  constructor(due: (noticedAt: number) => void) {
    this.due = due;
  }

  /** Watches these folders and no others. Returns whether one is new: what happened in it before is unknown. */
  watch(folders: readonly WatchedFolder[]): boolean {
    let added = false;
    const wanted = new Set(folders.map((folder) => folder.path));
    for (const path of this.watchers.keys()) if (!wanted.has(path)) this.unwatch(path);
    for (const path of this.failed.keys()) if (!wanted.has(path)) this.failed.delete(path);
    for (const folder of folders) {
      const known = this.watchers.get(folder.path);
      if (known !== undefined && known.inode === folder.inode) {
        known.folder = folder;
        continue;
      }
      this.unwatch(folder.path);
      added = this.add(folder) || added;
    }
    return added;
  }

  /** Starts the safety look. `took`: milliseconds that a look takes. */
  rest(took: number): void {
    if (this.closed) return;
    clearTimeout(this.safety);
    const delay = Math.max(SAFETY_MS, took * SAFETY_SHARE);
    this.safety = setTimeout(() => this.fire(performance.now()), delay).unref();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.safety);
    for (const path of this.watchers.keys()) this.unwatch(path);
  }

  private add(folder: WatchedFolder): boolean {
    const { path, inode } = folder;
    let watcher: FSWatcher;
    try {
      watcher = watch(path, { persistent: false });
    } catch (error) {
      this.failed.set(path, (error as NodeJS.ErrnoException).code ?? String(error));
      return false;
    }
    this.failed.delete(path);
    const entry: Watcher = { watcher, inode, folder };
    watcher.on("change", (_, name) => {
      const { names } = entry.folder;
      if (names === undefined || name === null || names.has(String(name))) this.notice();
    });
    watcher.on("error", () => {
      if (this.watchers.get(path) === entry) this.unwatch(path);
      this.notice();
    });
    this.watchers.set(path, entry);
    return true;
  }

  private unwatch(path: string): void {
    this.watchers.get(path)?.watcher.close();
    this.watchers.delete(path);
  }

  private notice(): void {
    if (this.closed) return;
    const now = performance.now();
    this.noticedAt ??= now;
    const left = this.noticedAt + HOLD_OFF_LIMIT_MS - now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fire(now), Math.max(0, Math.min(HOLD_OFF_MS, left))).unref();
  }

  private fire(now: number): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    const noticedAt = this.noticedAt ?? now;
    this.noticedAt = undefined;
    this.due(noticedAt);
  }
}
