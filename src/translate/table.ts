import type { TableChange } from "../program/change.ts";
import { equalValues } from "../resources/equality.ts";

/** One table of the program, and how it differs from the last time somebody asked. */
export class Table<Entry extends { readonly key: string }> {
  private readonly entriesByKey = new Map<string, Entry>();
  /** What stood there at the last `takeChange`, for the keys touched since. */
  private readonly before = new Map<string, Entry | undefined>();

  get entries(): ReadonlyMap<string, Entry> {
    return this.entriesByKey;
  }

  /** An entry equal to the present one changes nothing. */
  put(entry: Entry): void {
    const present = this.entriesByKey.get(entry.key);
    if (present !== undefined && equalValues(present, entry)) return;
    this.remember(entry.key, present);
    this.entriesByKey.set(entry.key, entry);
  }

  delete(key: string): void {
    const present = this.entriesByKey.get(key);
    if (present === undefined) return;
    this.remember(key, present);
    this.entriesByKey.delete(key);
  }

  /** Sorted by key, so that equal edits make equal changes. */
  takeChange(): TableChange<Entry> {
    const set: Entry[] = [];
    const remove: string[] = [];
    for (const key of [...this.before.keys()].toSorted()) {
      const before = this.before.get(key);
      const now = this.entriesByKey.get(key);
      if (now === undefined) {
        if (before !== undefined) remove.push(key);
      } else if (before === undefined || !equalValues(before, now)) set.push(now);
    }
    this.before.clear();
    return { set, remove };
  }

  private remember(key: string, present: Entry | undefined): void {
    if (!this.before.has(key)) this.before.set(key, present);
  }
}
