import type { KubeObject } from "./object.ts";

/** What an object is indexed by: any number of values. */
export type IndexFunction = (object: KubeObject) => readonly string[];

/** An object appeared or changed (`object` set), or is gone. */
export interface CacheChange {
  /** `""` outside namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly object?: KubeObject;
}

/** The objects of one kind as the server has them, as far as we know. */
export class ObjectCache {
  private readonly objects = new Map<string, KubeObject>();
  private readonly indexes = new Map<string, Index>();

  get size(): number {
    return this.objects.size;
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.objects.get(`${namespace}/${name}`);
  }

  values(): IterableIterator<KubeObject> {
    return this.objects.values();
  }

  /** Keeps the objects findable by the values of the function, under this name. */
  index(name: string, values: IndexFunction): void {
    if (this.indexes.has(name)) throw new Error(`There is an index ${name} already`);
    const index = new Index(values);
    for (const [key, object] of this.objects) index.add(key, object);
    this.indexes.set(name, index);
  }

  /** The objects that have this value in the index. */
  find(name: string, value: string): readonly KubeObject[] {
    const index = this.indexes.get(name);
    if (index === undefined) throw new Error(`There is no index ${name}`);
    return [...index.find(value)].map((key) => this.objects.get(key)!);
  }

  /** Takes an object over; `undefined` when it is the one that is here already. */
  set(object: KubeObject): CacheChange | undefined {
    const key = keyOf(object);
    const old = this.objects.get(key);
    if (old !== undefined && isSame(old, object)) return undefined;
    for (const index of this.indexes.values()) {
      if (old !== undefined) index.remove(key, old);
      index.add(key, object);
    }
    this.objects.set(key, object);
    return changeOf(object, object);
  }

  delete(object: KubeObject): CacheChange | undefined {
    const key = keyOf(object);
    const old = this.objects.get(key);
    if (old === undefined) return undefined;
    for (const index of this.indexes.values()) index.remove(key, old);
    this.objects.delete(key);
    return changeOf(old);
  }

  /** Becomes these objects. What is different is a change: also what vanished while nobody looked. */
  replace(objects: Iterable<KubeObject>): readonly CacheChange[] {
    const changes: CacheChange[] = [];
    const gone = new Map(this.objects);
    for (const object of objects) {
      gone.delete(keyOf(object));
      const change = this.set(object);
      if (change !== undefined) changes.push(change);
    }
    for (const object of gone.values()) changes.push(this.delete(object)!);
    return changes;
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function changeOf({ metadata }: KubeObject, object?: KubeObject): CacheChange {
  const { namespace = "", name } = metadata;
  return object === undefined ? { namespace, name } : { namespace, name, object };
}

/** The same state of the same object, read in the same version. Without versions nothing is the same. */
function isSame(a: KubeObject, b: KubeObject): boolean {
  return (
    a.metadata.resourceVersion !== undefined &&
    a.metadata.resourceVersion === b.metadata.resourceVersion &&
    a.metadata.uid === b.metadata.uid &&
    a.apiVersion === b.apiVersion
  );
}

/** Keys of objects by value. */
class Index {
  private readonly values: IndexFunction;
  private readonly keys = new Map<string, Set<string>>();

  constructor(values: IndexFunction) {
    this.values = values;
  }

  find(value: string): ReadonlySet<string> {
    return this.keys.get(value) ?? empty;
  }

  add(key: string, object: KubeObject): void {
    for (const value of this.values(object)) {
      const keys = this.keys.get(value);
      if (keys === undefined) this.keys.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  remove(key: string, object: KubeObject): void {
    for (const value of this.values(object)) {
      const keys = this.keys.get(value);
      if (keys?.delete(key) === true && keys.size === 0) this.keys.delete(value);
    }
  }
}

const empty: ReadonlySet<string> = new Set();
