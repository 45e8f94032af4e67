import { readFileSync } from "node:fs";
import type { Resource, ResourceKey } from "../resources/resource.ts";
import { decode, type Decoded, type Entry } from "./decode.ts";
import { splitDocuments, type Document } from "./documents.ts";
import { readable, type FoundFile } from "./folders.ts";
import type { Problem, SkippedKind } from "./problem.ts";
import type { Fault } from "./report.ts";

/** An object that a file gives. Lines and columns count from 1. */
export interface Claim {
  readonly key: ResourceKey;
  readonly object: Resource;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** Larger files are no manifests, and reading them would stop everything else. */
const MAX_FILE_LENGTH = 64 * 1024 * 1024;

/**
 * What one file says, and what it said before: an object that has become bad is given as it was when it was
 * good. Documents are decoded once for each text, so an edit costs the documents that it touches.
 */
export class ManifestFile {
  readonly path: string;
  claims: readonly Claim[] = [];
  problems: readonly Problem[] = [];
  skipped: readonly SkippedKind[] = [];
  private signature = "";
  private settled = false;
  private text: string | undefined;
  private decoded = new Map<string, Decoded>();
  private given: ReadonlyMap<ResourceKey, Claim> = new Map();

  constructor(path: string) {
    this.path = path;
  }

  /** Whether the file may say something else than when it was read. */
  isStale(found: FoundFile): boolean {
    return this.signature !== found.signature || !this.settled;
  }

  /** Reads the file; false when it says what it said before, or is gone. */
  read(found: FoundFile): boolean {
    let text: string;
    try {
      text = found.size > MAX_FILE_LENGTH ? tooLarge(found.size) : toText(readFileSync(found.identity));
    } catch (error) {
      // It vanished between two looks: the next one will not find it.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      this.signature = found.signature;
      this.settled = found.settled;
      return this.fail(readable(error));
    }
    this.signature = found.signature;
    this.settled = found.settled;
    if (text === this.text) return false;
    this.text = text;
    this.take(splitDocuments(text));
    return true;
  }

  /** The file is there but cannot be read: what it gave stays. Returns whether that is news. */
  fail(message: string): boolean {
    const kept = this.given.size > 0;
    const news =
      this.problems.length !== 1 || this.problems[0]!.message !== message || this.text !== undefined;
    this.text = undefined;
    this.problems = [
      { file: this.path, line: 1, column: 1, message, excerpt: "", keptLastGood: kept, severity: "error" },
    ];
    this.claims = [...this.given.values()];
    return news;
  }

  private take(documents: readonly Document[]): void {
    const before = this.decoded;
    this.decoded = new Map();
    const previous = this.given;
    const given = new Map<ResourceKey, Claim>();
    const named = new Set<ResourceKey>();
    const claims: Claim[] = [];
    const problems: Problem[] = [];
    const skipped: SkippedKind[] = [];
    /** Faults of what cannot be told apart: whether something was kept is known at the end. */
    const unidentified: Problem[] = [];

    const claim = (made: Claim) => {
      claims.push(made);
      if (!given.has(made.key)) given.set(made.key, made);
    };
    for (const document of documents) {
      const decoded = this.decoded.get(document.text) ?? before.get(document.text) ?? decode(document.text);
      this.decoded.set(document.text, decoded);
      const problem = (fault: Fault, entry?: Entry, keptLastGood = false): Problem => ({
        ...fault,
        file: this.path,
        line: document.line + fault.line + 1,
        column: fault.column + 1,
        keptLastGood: keptLastGood && fault.severity === "error",
        ...(entry?.key !== undefined && { object: entry.key }),
      });
      if (document.unseparated && decoded.entries.length + decoded.skipped.length > 0) {
        const excerpt = document.text.slice(0, document.text.search(/[\r\n]|$/));
        problems.push(problem({ ...UNSEPARATED, excerpt }));
      }
      unidentified.push(...decoded.faults.map((fault) => problem(fault)));
      for (const { line, ...rest } of decoded.skipped) {
        skipped.push({ ...rest, file: this.path, line: document.line + line + 1 });
      }
      for (const entry of decoded.entries) {
        const { key, object } = entry;
        if (key === undefined) {
          unidentified.push(...entry.faults.map((fault) => problem(fault)));
          continue;
        }
        named.add(key);
        const place = {
          line: document.line + entry.line + 1,
          column: entry.column + 1,
          excerpt: entry.excerpt,
        };
        const last = object === undefined ? previous.get(key)?.object : undefined;
        const good = object ?? last;
        if (good !== undefined) claim({ key, object: good, ...place });
        problems.push(...entry.faults.map((fault) => problem(fault, entry, last !== undefined)));
      }
    }
    if (unidentified.some((fault) => fault.severity === "error")) {
      const kept = [...previous.values()].filter(({ key }) => !named.has(key));
      const line = unidentified[0]!.line;
      for (const each of kept) claim({ ...each, line });
      problems.push(...unidentified.map((fault) => ({ ...fault, keptLastGood: kept.length > 0 })));
    }
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    Object.assign(this, { claims, problems, skipped });
    this.given = given;
  }
}

const UNSEPARATED: Omit<Fault, "excerpt"> = {
  line: 0,
  column: 0,
  message: "A new object needs a line --- before it: kubectl refuses this file",
  severity: "warning",
};

function tooLarge(size: number): never {
  throw new Error(`File is too large: ${size} bytes, at most ${MAX_FILE_LENGTH}`);
}

function toText(bytes: Buffer): string {
  if (bytes.includes(0)) throw new Error("Not a text file: it holds zero bytes");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("Not a text file: it is not UTF-8");
  }
}
