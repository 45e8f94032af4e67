import { equalContent, equalValues } from "../resources/equality.ts";
import { NAME_LABEL } from "../resources/core/namespace.ts";
import { resourceKey, type Resource, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { Claim, ManifestFile } from "./file.ts";
import type { Problem } from "./problem.ts";

interface Served {
  /** As the file gives it: the same identity means nothing to compare. */
  given: Resource;
  /** With creation time and generation. */
  object: Resource;
  /** RFC 3339. */
  readonly firstSeen: string;
}

interface Winner {
  readonly file: ManifestFile;
  readonly claim: Claim;
}

interface Update {
  readonly changes: ResourceChange[];
  /** Keys of the changes that are about namespaces which no file gives. */
  readonly implied: ReadonlySet<ResourceKey>;
  readonly problems: Problem[];
}

/** All objects of all files: which of them are served, since when, in which generation. */
export class Catalog {
  private readonly served = new Map<ResourceKey, Served>();
  /** Namespaces that no file gives. */
  private readonly implied = new WeakSet<Resource>();

  /**
   * Takes the files in their order: of two objects with one key the first is served.
   *
   * @param now Creation time of objects that are new and have none.
   */
  update(files: Iterable<ManifestFile>, now: Date): Update {
    const { winners, problems } = choose(files);
    const given = new Map<ResourceKey, Resource>();
    for (const [key, { claim }] of winners) given.set(key, claim.object);
    for (const namespace of namespacesOf(given.values())) {
      const key = resourceKey("Namespace", "", namespace);
      if (!given.has(key)) given.set(key, this.impliedNamespace(key, namespace));
    }
    const changes: ResourceChange[] = [];
    const implied = new Set<ResourceKey>();
    for (const [key, { given: before }] of this.served) {
      if (given.has(key)) continue;
      changes.push({ key });
      if (this.implied.has(before)) implied.add(key);
    }
    for (const { key } of changes) this.served.delete(key);
    const time = now.toISOString();
    for (const [key, object] of given) {
      const changed = this.serve(key, object, time);
      if (changed === undefined) continue;
      changes.push({ key, object: changed });
      if (this.implied.has(object)) implied.add(key);
    }
    return { changes, implied, problems };
  }

  /** The object as it is served from now on, if that is new. */
  private serve(key: ResourceKey, given: Resource, now: string): Resource | undefined {
    const before = this.served.get(key);
    if (before?.given === given) return undefined;
    const sameContent = before !== undefined && equalContent(before.given, given);
    if (sameContent && equalValues(before.given.metadata, given.metadata)) {
      before.given = given;
      return undefined;
    }
    const firstSeen = before?.firstSeen ?? now;
    const generation = before === undefined ? 1 : before.object.metadata.generation + (sameContent ? 0 : 1);
    const creationTimestamp = given.metadata.creationTimestamp || firstSeen;
    const object = { ...given, metadata: { ...given.metadata, creationTimestamp, generation } };
    this.served.set(key, { given, object, firstSeen });
    return object;
  }

  private impliedNamespace(key: ResourceKey, name: string): Resource {
    const before = this.served.get(key)?.given;
    if (before !== undefined && this.implied.has(before)) return before;
    const namespace: Resource = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name,
        namespace: "",
        creationTimestamp: "",
        generation: 1,
        labels: { [NAME_LABEL]: name },
        annotations: {},
      },
    };
    this.implied.add(namespace);
    return namespace;
  }
}

function choose(files: Iterable<ManifestFile>) {
  const winners = new Map<ResourceKey, Winner>();
  const problems: Problem[] = [];
  for (const file of files) {
    problems.push(...file.problems);
    for (const claim of file.claims) {
      const winner = winners.get(claim.key);
      if (winner === undefined) winners.set(claim.key, { file, claim });
      else problems.push(duplicate(file, claim, winner));
    }
  }
  return { winners, problems };
}

function duplicate(file: ManifestFile, claim: Claim, winner: Winner): Problem {
  const { kind, metadata } = claim.object;
  const name = metadata.namespace === "" ? metadata.name : `${metadata.namespace}/${metadata.name}`;
  return {
    file: file.path,
    line: claim.line,
    column: claim.column,
    message: `${kind} ${name} is given twice: the one at ${winner.file.path}:${winner.claim.line} is served`,
    excerpt: claim.excerpt,
    object: claim.key,
    keptLastGood: false,
    severity: "error",
  };
}

function namespacesOf(objects: Iterable<Resource>): Set<string> {
  const namespaces = new Set<string>();
  for (const { metadata } of objects) if (metadata.namespace !== "") namespaces.add(metadata.namespace);
  return namespaces;
}
