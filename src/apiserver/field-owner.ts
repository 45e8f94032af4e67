import type { JsonObject } from "../resources/json.ts";
import { mastersGroup, authenticatedGroup } from "./auth/user.ts";
import { ApiError } from "./error.ts";
import { metaOf, objectIn } from "./objects/meta.ts";
import type { Objects } from "./objects/objects.ts";
import { removeObject } from "./objects/remove.ts";
import type { Write } from "./objects/write.ts";
import { storedAs } from "./objects/codec.ts";
import { inStorageVersion } from "./controller/identity.ts";

export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Writes of one manager of fields. Refusals are thrown as ApiError. */
export interface Ownership {
  /** Creates or changes what the object says, whoever owned it; the object as it is then. */
  apply(object: JsonObject): JsonObject;
  /** Deletes the object if it is there; false while finalizers keep it. */
  remove(name: ObjectName): boolean;
  /** The objects that this manager has applied and not removed. */
  owned(): readonly ObjectName[];
}

export class FieldOwner implements Ownership {
  private readonly objects: Objects;
  private readonly write: Write;

  constructor(objects: Objects, manager: string) {
    this.objects = objects;
    this.write = {
      user: { name: `gatewright:${manager}`, groups: [mastersGroup, authenticatedGroup] },
      manager,
      dryRun: false,
      fieldValidation: "Ignore",
      operation: "Apply",
      warn: () => {},
    };
  }

  apply(object: JsonObject): JsonObject {
    const served = this.find(object);
    const { name = "", namespace = "" } = metaOf(object);
    const scope = served.kind.namespaced ? namespace : "";
    return this.objects.apply(served, scope, name, { object, force: true }, this.write).object;
  }

  remove({ apiVersion, kind, namespace, name }: ObjectName): boolean {
    const served = this.objects.registry.findType(apiVersion, kind);
    if (served === undefined || this.objects.find(served, namespace, name) === undefined) return true;
    return removeObject(this.objects, served, namespace, name, {}, this.write).isGone;
  }

  owned(): readonly ObjectName[] {
    const names: ObjectName[] = [];
    const { manager } = this.write;
    for (const kind of this.objects.registry.kinds) {
      const served = inStorageVersion(kind);
      if (served === undefined) continue;
      for (const { text, namespace, name } of this.objects.store.page(storedAs(kind), {})?.rows ?? []) {
        if (!text.includes(`"${manager}"`)) continue;
        const object = JSON.parse(text) as JsonObject;
        const entries = metaOf(object).managedFields ?? [];
        const isApplied = entries.some(
          (entry) => entry["manager"] === manager && entry["operation"] === "Apply",
        );
        if (isApplied)
          names.push({ apiVersion: String(object["apiVersion"]), kind: kind.kind, namespace, name });
      }
    }
    return names;
  }

  private find(object: JsonObject) {
    const { apiVersion, kind } = object;
    const served = this.objects.registry.findType(String(apiVersion), String(kind));
    if (served !== undefined) return served;
    throw new ApiError(
      "NotFound",
      `no kind ${String(kind)} is served in ${String(apiVersion)}: ${JSON.stringify(objectIn(object, "metadata")["name"])}`,
    );
  }
}
