import { apiVersionOf, type Kind } from "../resources/kind.ts";
import { findKind } from "../resources/kinds.ts";
import { NAME_LABEL } from "../resources/core/namespace.ts";
import { resourceKey, type Resource, type ResourceKey } from "../resources/resource.ts";
import type { Path } from "../resources/schema/schema.ts";
import { currentForm, hintFor } from "../resources/retired.ts";
import { hasEffect } from "../resources/unserved.ts";
import { validate } from "../resources/schema/validate.ts";
import { Report, type Fault } from "./report.ts";
import { parseTree, type Tree } from "./tree.ts";

/** An object of a document, good or not. Places count lines and columns of the document, from 0. */
export interface Entry {
  readonly line: number;
  readonly column: number;
  /** Its first line. */
  readonly excerpt: string;
  /** Absent when it does not say which object it is. */
  readonly key?: ResourceKey;
  /** Absent when it is refused. Without a given creation time, that of its metadata is empty. */
  readonly object?: Resource;
  readonly faults: readonly Fault[];
}

export interface Skipped {
  readonly apiVersion: string;
  readonly kind: string;
  readonly line: number;
  readonly hint?: string;
}

/** What one document holds. It depends on its text alone, so an unchanged text is never decoded again. */
export interface Decoded {
  readonly entries: readonly Entry[];
  readonly skipped: readonly Skipped[];
  /** What is wrong with the document as a whole: then nothing is known of its objects. */
  readonly faults: readonly Fault[];
}

/** Namespace of objects that name none. */
const DEFAULT_NAMESPACE = "default";

/** What an API server takes in one request; a larger object is a mistake or an attack. */
const MAX_OBJECT_LENGTH = 3 * 1024 * 1024;

/** Cheap on any text: it starts at few places, and looks no further than the line. */
const LIST = /(?:^|[{,])[ \t]*["']?kind["']?[ \t]*:[ \t]*["']?\w*List\b/m;

/** Never throws. */
export function decode(text: string): Decoded {
  const report = new Report(text);
  // Large text is parsed only if it says that it is a list: then the limit holds for each item.
  if (text.length > MAX_OBJECT_LENGTH && !LIST.test(text)) {
    return broken([report.fault(0, tooLarge(text.length))]);
  }
  const tree = parseTree(text);
  if (!("value" in tree)) return broken(tree.map(({ offset, message }) => report.syntax(offset, message)));
  const decoder = new Decoder(tree, report);
  if (tree.value !== null) decoder.any(tree.value, []);
  return decoder;
}

function broken(faults: readonly Fault[]): Decoded {
  return { entries: [], skipped: [], faults };
}

class Decoder implements Decoded {
  readonly entries: Entry[] = [];
  readonly skipped: Skipped[] = [];
  readonly faults: Fault[] = [];
  private readonly tree: Tree;
  private readonly report: Report;

  constructor(tree: Tree, report: Report) {
    this.tree = tree;
    this.report = report;
  }

  /** An object or a list of objects. `inherited`: what the items of a typed list need not repeat. */
  any(value: unknown, at: Path, inherited: { apiVersion?: string; kind?: string } = {}): void {
    if (!isObject(value)) {
      this.unidentified(at, "value", "Expected an object with apiVersion, kind and metadata");
      return;
    }
    const { apiVersion = inherited.apiVersion, kind = inherited.kind } = value;
    if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(value["items"])) {
      const typed = kind === "List" ? {} : { kind: kind.slice(0, -"List".length) };
      const version = typeof apiVersion === "string" && kind !== "List" ? { apiVersion } : {};
      value["items"].forEach((item, index) =>
        this.any(item, [...at, "items", index], { ...typed, ...version }),
      );
      return;
    }
    for (const [name, given] of Object.entries({ apiVersion, kind })) {
      if (typeof given === "string" && given !== "") continue;
      const missing = given === undefined || given === null || given === "";
      const message = missing ? `Missing field "${name}"` : `${name}: Expected a string`;
      this.unidentified([...at, name], missing ? "key" : "value", message);
      return;
    }
    this.one({ ...value, apiVersion, kind }, String(apiVersion), String(kind), at);
  }

  private one(value: Record<string, unknown>, apiVersion: string, name: string, at: Path): void {
    const offset = this.tree.locate(at, "value");
    const { line, column, excerpt } = this.report.start(offset);
    const found = findKind(apiVersion, name);
    if (found === undefined) {
      this.skip(apiVersion, name, line, hintFor(apiVersion, name, value));
      return;
    }
    if (!hasEffect(name)) this.skip(apiVersion, name, line, currentForm(apiVersion, name, value));
    const { kind, version } = found;
    const key = keyFor(kind, value["metadata"]);
    const identified = key === undefined ? {} : { key };
    const length = this.tree.extent(at);
    if (length > MAX_OBJECT_LENGTH) {
      const faults = [this.report.fault(offset, tooLarge(length))];
      this.entries.push({ ...identified, line, column, excerpt, faults });
      return;
    }
    const { status: _, ...given } = value;
    const wanted = { ...given, metadata: withoutNulls(value["metadata"]) };
    const empty = kind.crd === undefined ? "leave out" : "refuse";
    const { value: valid, errors } = validate(version.schema, wanted, { empty });
    const faults = errors.map((error) => this.report.field(this.tree, error, at));
    const refused = faults.length > 0 || key === undefined;
    faults.push(...this.warnings(kind, value, at, faults));
    const object = refused ? {} : { object: complete(kind, valid as Resource) };
    this.entries.push({ ...identified, ...object, line, column, excerpt, faults });
  }

  private skip(apiVersion: string, kind: string, line: number, hint: string | undefined): void {
    this.skipped.push({ apiVersion, kind, line, ...(hint !== undefined && { hint }) });
  }

  private warnings(kind: Kind, value: Record<string, unknown>, at: Path, errors: readonly Fault[]): Fault[] {
    const faults = at.length === 0 ? this.report.oldYaml(this.tree, errors) : [];
    const { apiVersion } = value;
    const former = hasEffect(kind.kind) && currentForm(String(apiVersion), kind.kind, value);
    if (former) faults.push(this.report.warning(this.tree.locate([...at, "kind"], "key"), former));
    if (!kind.namespaced && hasNamespace(value["metadata"])) {
      const offset = this.tree.locate([...at, "metadata", "namespace"], "key");
      faults.push(this.report.warning(offset, `A ${kind.kind} lives outside namespaces: ignored`));
    }
    return faults;
  }

  private unidentified(path: Path, where: "key" | "value", message: string): void {
    const offset = this.tree.locate(path, where);
    const faults = [this.report.fault(offset, message)];
    this.entries.push({ ...this.report.start(offset), faults });
  }
}

/** Tools write `creationTimestamp: null` into what they print. */
function withoutNulls(metadata: unknown): unknown {
  if (!isObject(metadata)) return metadata;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
}

function tooLarge(length: number): string {
  return `Object is too large: ${length} characters, at most ${MAX_OBJECT_LENGTH}`;
}

function keyFor(kind: Kind, metadata: unknown): ResourceKey | undefined {
  if (!isObject(metadata)) return undefined;
  const { name, namespace } = metadata;
  if (typeof name !== "string" || name === "") return undefined;
  if (!kind.namespaced) return resourceKey(kind.kind, "", name);
  if (namespace === undefined || namespace === null) return resourceKey(kind.kind, DEFAULT_NAMESPACE, name);
  return typeof namespace === "string" ? resourceKey(kind.kind, namespace, name) : undefined;
}

function hasNamespace(metadata: unknown): boolean {
  return isObject(metadata) && typeof metadata["namespace"] === "string";
}

/** What an API server adds to a valid object, and what readers want to find without asking. */
function complete(kind: Kind, object: Resource): Resource {
  const { status: _, ...wanted } = object as Resource & { status?: unknown };
  const { metadata } = wanted;
  return {
    ...wanted,
    apiVersion: apiVersionOf(kind.group, kind.storageVersion),
    metadata: {
      ...metadata,
      namespace: kind.namespaced ? (metadata.namespace ?? DEFAULT_NAMESPACE) : "",
      creationTimestamp: metadata.creationTimestamp ?? "",
      generation: 1,
      labels: { ...metadata.labels, ...(kind.kind === "Namespace" && { [NAME_LABEL]: metadata.name }) },
      annotations: metadata.annotations ?? {},
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
