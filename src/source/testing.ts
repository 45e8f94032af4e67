import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { Resource, ResourceKey } from "../resources/resource.ts";
import { formatProblem, openFiles, type FileSource, type SourceEvent } from "./source.ts";

/** Waiting longer than this means that the event will not come, milliseconds. */
const PATIENCE_MS = 20_000;

/** A folder for one test, removed with it. */
export class Folder {
  readonly path: string;

  constructor(t: TestContext, files: Readonly<Record<string, string>> = {}) {
    this.path = mkdtempSync(join(tmpdir(), "source-"));
    t.after(() => rmSync(this.path, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
  }

  /** As editors save: a new file takes the place of the old one. */
  replace(name: string, text: string): void {
    this.write(`${name}~`, text);
    renameSync(this.file(`${name}~`), this.file(name));
  }

  remove(name: string): void {
    rmSync(this.file(name), { recursive: true });
  }
}

/** A source that is open, with everything that it has said. */
export class Following {
  readonly events: SourceEvent[] = [];
  readonly objects = new Map<ResourceKey, Resource>();
  private wake: (() => void) | undefined;

  static async open(t: TestContext, paths: readonly string[], now?: () => Date): Promise<Following> {
    const following = new Following();
    const source: FileSource = await openFiles(paths, {
      onEvent: (event) => following.take(event),
      ...(now !== undefined && { now }),
    });
    t.after(() => source.close());
    following.take(source.first);
    return following;
  }

  get last(): SourceEvent {
    return this.events.at(-1)!;
  }

  /** The problems that stand, as a terminal shows their first lines. */
  get problems(): string[] {
    return this.last.problems.map((problem) => formatProblem(problem).split("\n")[0]!);
  }

  /** Keys of all objects but implied Namespaces, sorted. */
  get keys(): string[] {
    return [...this.objects.keys()].filter((key) => !key.startsWith("Namespace/")).toSorted();
  }

  /** Waits until it is so, after the events that come. */
  async until(holds: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!holds()) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const late = setTimeout(
        () =>
          reject(
            new Error(`No such event; problems: ${this.problems.join("; ")}; objects: ${this.keys.join()}`),
          ),
        Math.max(0, deadline - Date.now()),
      );
      this.wake = resolve;
      await promise.finally(() => clearTimeout(late));
    }
  }

  private take(event: SourceEvent): void {
    this.events.push(event);
    for (const { key, object } of event.changes) {
      if (object === undefined) this.objects.delete(key);
      else this.objects.set(key, object);
    }
    this.wake?.();
  }
}

/** A ConfigMap: the smallest object with content. */
export function config(name: string, data = "x", namespace?: string): string {
  const place = namespace === undefined ? "" : `, namespace: ${namespace}`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${place}}\ndata: {value: ${JSON.stringify(data)}}\n`;
}

/** What the ConfigMap holds. */
export function dataOf(following: Following, key: ResourceKey): string | undefined {
  return (following.objects.get(key) as { data?: { value: string } } | undefined)?.data?.value;
}
