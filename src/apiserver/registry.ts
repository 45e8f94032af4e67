import { apiVersionOf, type Kind, type KindVersion } from "../resources/kind.ts";

/** A kind in one of its served versions: what a path such as `/apis/GROUP/VERSION/PLURAL` means. */
export interface ServedKind {
  readonly kind: Kind;
  readonly version: KindVersion;
}

/** All kinds that are served now. Built-in kinds stay; kinds of CustomResourceDefinitions come and go. */
export class Registry {
  private readonly byResource = new Map<string, Kind>();
  private readonly byPath = new Map<string, ServedKind>();
  private readonly byType = new Map<string, ServedKind>();
  private count = 0;

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.add(kind);
  }

  /** Grows with every change, for documents that are made from the registry and kept. */
  get generation(): number {
    return this.count;
  }

  get kinds(): readonly Kind[] {
    return [...this.byResource.values()];
  }

  /** `group` and `version` as in the path; `""` and `v1` for `/api/v1`. */
  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.byPath.get(`${group}/${version}/${plural}`);
  }

  /** By the `apiVersion` and `kind` that an object carries. */
  findType(apiVersion: string, kind: string): ServedKind | undefined {
    return this.byType.get(`${apiVersion} ${kind}`);
  }

  findResource(group: string, plural: string): Kind | undefined {
    return this.byResource.get(`${group}/${plural}`);
  }

  /** Replaces the kind of the same group and plural. */
  add(kind: Kind): void {
    this.remove(kind.group, kind.plural);
    this.byResource.set(`${kind.group}/${kind.plural}`, kind);
    for (const version of kind.versions) {
      if (!version.served) continue;
      const served = { kind, version };
      this.byPath.set(`${kind.group}/${version.name}/${kind.plural}`, served);
      this.byType.set(`${apiVersionOf(kind.group, version.name)} ${kind.kind}`, served);
    }
    this.count++;
  }

  remove(group: string, plural: string): void {
    const kind = this.byResource.get(`${group}/${plural}`);
    if (kind === undefined) return;
    this.byResource.delete(`${group}/${plural}`);
    for (const version of kind.versions) {
      this.byPath.delete(`${group}/${version.name}/${plural}`);
      this.byType.delete(`${apiVersionOf(group, version.name)} ${kind.kind}`);
    }
    this.count++;
  }
}
