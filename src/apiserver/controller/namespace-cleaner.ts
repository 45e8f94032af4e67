import type { Kind } from "../../resources/kind.ts";
import { storedAs } from "../objects/codec.ts";
import { metaOf } from "../objects/meta.ts";
import type { ObjectChange, Objects } from "../objects/objects.ts";
import { removeObject } from "../objects/remove.ts";
import { KUBERNETES_FINALIZER, specFinalizers } from "../strategy/namespace.ts";
import { inStorageVersion } from "./identity.ts";
import { systemWrite } from "./system-write.ts";
import { WorkQueue } from "./work.ts";

const write = systemWrite("namespace-controller");

/** Empties namespaces that are being deleted, and lets go of them when nothing is left. */
export class NamespaceCleaner {
  private readonly objects: Objects;
  private readonly queue = new WorkQueue((namespace) => this.clean(namespace));
  private readonly terminating = new Set<string>();
  private readonly stopObserving: () => void;

  constructor(objects: Objects) {
    this.objects = objects;
    this.stopObserving = objects.observe((change) => this.note(change));
    for (const { name } of objects.store.page("namespaces", {})?.rows ?? []) this.look(name);
  }

  stop(): void {
    this.stopObserving();
    this.queue.stop();
  }

  private note({ kind, namespace, name, object }: ObjectChange): void {
    if (kind.plural === "namespaces" && kind.group === "") this.look(name);
    else if (object === undefined && this.terminating.has(namespace)) this.queue.add(namespace);
  }

  private look(name: string): void {
    const object = this.find(name);
    if (object === undefined || metaOf(object).deletionTimestamp === undefined) {
      this.terminating.delete(name);
      return;
    }
    this.terminating.add(name);
    this.queue.add(name);
  }

  private find(name: string) {
    const served = this.served;
    return served === undefined ? undefined : this.objects.find(served, "", name);
  }

  private get served() {
    const kind = this.objects.registry.findResource("", "namespaces");
    return kind === undefined ? undefined : inStorageVersion(kind);
  }

  private clean(name: string): void {
    const namespace = this.find(name);
    const served = this.served;
    if (namespace === undefined || served === undefined) return;
    if (metaOf(namespace).deletionTimestamp === undefined) return;
    let left = 0;
    for (const kind of this.objects.registry.kinds) if (kind.namespaced) left += this.empty(kind, name);
    if (left > 0 || !specFinalizers(namespace).includes(KUBERNETES_FINALIZER)) return;
    const finalizers = specFinalizers(namespace).filter((each) => each !== KUBERNETES_FINALIZER);
    const finalize = { ...write, subresource: "finalize" };
    this.objects.update(served, "", name, (live) => ({ ...live, spec: { finalizers } }), finalize);
  }

  /** Deletes what the namespace has of a kind; the number of objects that something still holds. */
  private empty(kind: Kind, namespace: string): number {
    const served = inStorageVersion(kind);
    if (served === undefined) return 0;
    for (const row of this.objects.store.page(storedAs(kind), { namespace })?.rows ?? []) {
      if (this.objects.row(kind, namespace, row.name) === undefined) continue;
      removeObject(this.objects, served, namespace, row.name, {}, write);
    }
    return this.objects.store.count(storedAs(kind), namespace);
  }
}
