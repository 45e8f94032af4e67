import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Kind } from "../../resources/kind.ts";
import { storedAs } from "../objects/codec.ts";
import { metaOf, objectIn, withMeta } from "../objects/meta.ts";
import type { ObjectChange, Objects } from "../objects/objects.ts";
import { removeObject } from "../objects/remove.ts";
import { CLEANUP_FINALIZER } from "../strategy/custom-resource-definition.ts";
import { inStorageVersion } from "./identity.ts";
import { systemWrite } from "./system-write.ts";
import { WorkQueue } from "./work.ts";

const write = systemWrite("customresourcedefinition-finalizer");

/** Deletes the objects of definitions that are being deleted, and lets go of these when none is left. */
export class DefinitionCleaner {
  private readonly objects: Objects;
  private readonly queue = new WorkQueue((name) => this.clean(name));
  private readonly terminating = new Set<string>();
  private readonly stopObserving: () => void;

  constructor(objects: Objects) {
    this.objects = objects;
    this.stopObserving = objects.observe((change) => this.note(change));
    for (const { name } of objects.store.page(this.definitions, {})?.rows ?? []) this.look(name);
  }

  stop(): void {
    this.stopObserving();
    this.queue.stop();
  }

  private readonly definitions = "customresourcedefinitions.apiextensions.k8s.io";

  private note({ kind, name, object }: ObjectChange): void {
    if (storedAs(kind) === this.definitions) this.look(name);
    else if (object === undefined && this.terminating.has(storedAs(kind))) this.queue.add(storedAs(kind));
  }

  private look(name: string): void {
    const definition = this.find(name);
    if (definition === undefined || metaOf(definition).deletionTimestamp === undefined) {
      this.terminating.delete(name);
      return;
    }
    this.terminating.add(name);
    this.queue.add(name);
  }

  private get served() {
    const kind = this.objects.registry.findResource("apiextensions.k8s.io", "customresourcedefinitions");
    return kind === undefined ? undefined : inStorageVersion(kind);
  }

  private find(name: string): JsonObject | undefined {
    const served = this.served;
    return served === undefined ? undefined : this.objects.find(served, "", name);
  }

  private clean(name: string): void {
    const definition = this.find(name);
    const served = this.served;
    if (definition === undefined || served === undefined) return;
    if (metaOf(definition).deletionTimestamp === undefined) return;
    const kind = this.kindOf(definition);
    if (kind !== undefined && this.empty(kind) > 0) return;
    this.objects.update(
      served,
      "",
      name,
      (live) => {
        const kept = (metaOf(live).finalizers ?? []).filter((each) => each !== CLEANUP_FINALIZER);
        return withMeta(live, { finalizers: kept.length > 0 ? kept : undefined });
      },
      write,
    );
  }

  private kindOf(definition: JsonObject): Kind | undefined {
    const spec = objectIn(definition, "spec");
    const names = isJsonObject(spec["names"]) ? spec["names"] : {};
    return this.objects.registry.findResource(String(spec["group"]), String(names["plural"]));
  }

  private empty(kind: Kind): number {
    const served = inStorageVersion(kind);
    if (served === undefined) return 0;
    for (const row of this.objects.store.page(storedAs(kind), {})?.rows ?? []) {
      removeObject(this.objects, served, row.namespace, row.name, {}, write);
    }
    return this.objects.store.count(storedAs(kind));
  }
}
