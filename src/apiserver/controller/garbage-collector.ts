import { equalValues } from "../../resources/equality.ts";
import type { JsonObject } from "../../resources/json.ts";
import { decode, storedAs } from "../objects/codec.ts";
import { metaOf, withMeta, type OwnerReference } from "../objects/meta.ts";
import type { ObjectChange, Objects } from "../objects/objects.ts";
import { FOREGROUND, ORPHAN, removeObject } from "../objects/remove.ts";
import { findIdentity, identityOf, inStorageVersion, type Found } from "./identity.ts";
import { systemWrite } from "./system-write.ts";
import { WorkQueue } from "./work.ts";

const write = systemWrite("garbage-collector");

/**
 * Objects go with their owners (`metadata.ownerReferences`): dependents of an owner that is gone are deleted,
 * an owner that is deleted in the foreground waits for them, one that orphans lets go of them.
 */
export class GarbageCollector {
  private readonly objects: Objects;
  private readonly queue = new WorkQueue((identity) => this.collect(identity));
  /** Identities of dependents by the uid of their owner. */
  private readonly dependents = new Map<string, Set<string>>();
  /** Owners' uids by identity of the dependent, as they were seen last. */
  private readonly owners = new Map<string, readonly string[]>();
  private stopObserving: () => void;

  constructor(objects: Objects) {
    this.objects = objects;
    this.stopObserving = objects.observe((change) => this.note(change));
    for (const kind of objects.registry.kinds) {
      const served = inStorageVersion(kind);
      if (served === undefined) continue;
      for (const row of objects.store.page(storedAs(kind), {})?.rows ?? []) {
        // Most objects have neither: they need not be parsed.
        if (!row.text.includes('"ownerReferences"') && !row.text.includes('"deletionTimestamp"')) continue;
        this.note({ kind, namespace: row.namespace, name: row.name, object: decode(row, served) });
      }
    }
  }

  stop(): void {
    this.stopObserving();
    this.queue.stop();
  }

  private note({ kind, namespace, name, object, previous }: ObjectChange): void {
    const identity = identityOf(kind, namespace, name);
    const meta = object === undefined ? {} : metaOf(object);
    const references = meta.ownerReferences ?? [];
    this.link(
      identity,
      references.map(({ uid }) => uid),
    );
    const { uid, ownerReferences: former = [] } = previous === undefined ? {} : metaOf(previous);
    // Owners may be waiting for the last of their dependents to go, or to block them no more.
    if (!equalValues(former, references))
      for (const reference of former) this.enqueueOwner(reference, namespace);
    if (object === undefined) {
      for (const dependent of this.dependents.get(uid ?? "") ?? []) this.queue.add(dependent);
      return;
    }
    if (references.length > 0 || this.isWaiting(object)) this.queue.add(identity);
  }

  private link(identity: string, uids: readonly string[]): void {
    for (const uid of this.owners.get(identity) ?? []) {
      const dependents = this.dependents.get(uid);
      dependents?.delete(identity);
      if (dependents?.size === 0) this.dependents.delete(uid);
    }
    if (uids.length === 0) {
      this.owners.delete(identity);
      return;
    }
    this.owners.set(identity, uids);
    for (const uid of uids) {
      let dependents = this.dependents.get(uid);
      if (dependents === undefined) this.dependents.set(uid, (dependents = new Set()));
      dependents.add(identity);
    }
  }

  private enqueueOwner(reference: OwnerReference, namespace: string): void {
    const served = this.objects.registry.findType(reference.apiVersion, reference.kind);
    if (served === undefined) return;
    this.queue.add(identityOf(served.kind, served.kind.namespaced ? namespace : "", reference.name));
  }

  private isWaiting(object: JsonObject): boolean {
    const { deletionTimestamp, finalizers = [] } = metaOf(object);
    return (
      deletionTimestamp !== undefined && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN))
    );
  }

  private collect(identity: string): void {
    const found = findIdentity(this.objects, identity);
    if (found === undefined) return;
    const { deletionTimestamp, finalizers = [] } = metaOf(found.object);
    if (deletionTimestamp === undefined) this.judge(found);
    else if (finalizers.includes(ORPHAN)) this.orphan(found);
    else if (finalizers.includes(FOREGROUND)) this.deleteDependents(found);
  }

  /** Deletes an object none of whose owners is left; otherwise it forgets those that are gone. */
  private judge(found: Found): void {
    const references = metaOf(found.object).ownerReferences ?? [];
    if (references.length === 0) return;
    const states = references.map((reference) => ({
      reference,
      state: this.stateOf(reference, found.namespace),
    }));
    const solid = states.filter(({ state }) => state === "there");
    const { served, namespace, name } = found;
    if (solid.length > 0) {
      if (solid.length === states.length) return;
      const kept = solid.map(({ reference }) => reference);
      this.objects.update(
        served,
        namespace,
        name,
        (live) => withMeta(live, { ownerReferences: kept }),
        write,
      );
      return;
    }
    const { uid } = metaOf(found.object);
    const isWaitedFor = states.some(({ state }) => state === "waiting");
    const hasDependents = (this.dependents.get(uid ?? "")?.size ?? 0) > 0;
    if (isWaitedFor && this.isInCircle(uid ?? "")) this.unblock(found);
    const propagationPolicy = isWaitedFor && hasDependents ? ("Foreground" as const) : undefined;
    const options = { ...(uid !== undefined && { uid }), ...(propagationPolicy && { propagationPolicy }) };
    removeObject(this.objects, served, namespace, name, options, write);
  }

  /** Whether a dependent waits for its own dependents already: it and its owner might wait for each other. */
  private isInCircle(uid: string): boolean {
    for (const identity of this.dependents.get(uid) ?? []) {
      const found = findIdentity(this.objects, identity);
      if (found !== undefined && isForeground(found.object)) return true;
    }
    return false;
  }

  private unblock({ served, namespace, name }: Found): void {
    this.objects.update(
      served,
      namespace,
      name,
      (live) => {
        const references = metaOf(live).ownerReferences ?? [];
        return withMeta(live, {
          ownerReferences: references.map((each) => ({ ...each, blockOwnerDeletion: false })),
        });
      },
      write,
    );
  }

  private stateOf(reference: OwnerReference, namespace: string): "there" | "waiting" | "gone" {
    const served = this.objects.registry.findType(reference.apiVersion, reference.kind);
    // Of a kind that is not served nothing can be said, so nothing is deleted.
    if (served === undefined) return "there";
    const isLocal = served.kind.namespaced;
    // Nor of an owner in a namespace, when the dependent is in none.
    if (isLocal && namespace === "") return "there";
    const owner = this.objects.find(served, isLocal ? namespace : "", reference.name);
    if (owner === undefined || metaOf(owner).uid !== reference.uid) return "gone";
    return isForeground(owner) ? "waiting" : "there";
  }

  private deleteDependents(owner: Found): void {
    const { uid = "" } = metaOf(owner.object);
    let isBlocked = false;
    for (const identity of this.dependents.get(uid) ?? []) {
      const found = findIdentity(this.objects, identity);
      if (found === undefined) continue;
      const meta = metaOf(found.object);
      const blocks = meta.ownerReferences?.some(
        (each) => each.uid === uid && each.blockOwnerDeletion === true,
      );
      isBlocked ||= blocks === true;
      if (meta.deletionTimestamp === undefined) this.queue.add(identity);
    }
    if (!isBlocked) this.letGo(owner, FOREGROUND);
  }

  private orphan(owner: Found): void {
    const { uid = "" } = metaOf(owner.object);
    for (const identity of this.dependents.get(uid) ?? []) {
      const found = findIdentity(this.objects, identity);
      if (found === undefined) continue;
      const { served, namespace, name } = found;
      const kept = (metaOf(found.object).ownerReferences ?? []).filter((each) => each.uid !== uid);
      const ownerReferences = kept.length > 0 ? kept : undefined;
      this.objects.update(served, namespace, name, (live) => withMeta(live, { ownerReferences }), write);
    }
    this.letGo(owner, ORPHAN);
  }

  private letGo({ served, namespace, name }: Found, finalizer: string): void {
    this.objects.update(
      served,
      namespace,
      name,
      (live) => {
        const kept = (metaOf(live).finalizers ?? []).filter((each) => each !== finalizer);
        return withMeta(live, { finalizers: kept.length > 0 ? kept : undefined });
      },
      write,
    );
  }
}

/** Whether an object that is being deleted waits for its dependents. */
function isForeground(object: JsonObject): boolean {
  const { deletionTimestamp, finalizers = [] } = metaOf(object);
  return deletionTimestamp !== undefined && finalizers.includes(FOREGROUND);
}
