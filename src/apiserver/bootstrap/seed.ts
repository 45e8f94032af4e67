import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../resources/json.ts";
import type { Kind } from "../../resources/kind.ts";
import { encode, storedAs, toStored } from "../objects/codec.ts";
import { metaOf, timestamp, withMeta } from "../objects/meta.ts";
import type { Objects } from "../objects/objects.ts";

/** Stores what every server has from the start, unless it is there. The objects are ours and known to be valid. */
export class Seeder {
  private readonly objects: Objects;
  private readonly created: string;

  constructor(objects: Objects) {
    this.objects = objects;
    this.created = timestamp(objects.now());
  }

  add(group: string, plural: string, object: JsonObject): void {
    const kind = this.objects.registry.findResource(group, plural);
    if (kind === undefined) throw new Error(`no kind ${plural}.${group} to seed`);
    const { name = "", namespace = "" } = metaOf(object);
    if (this.objects.row(kind, namespace, name) !== undefined) return;
    this.write(kind, object);
  }

  /** Stores it whatever is there; uid and age of what was there stay. */
  write(kind: Kind, object: JsonObject): void {
    const { name = "", namespace = "" } = metaOf(object);
    const row = this.objects.row(kind, namespace, name);
    const before = row === undefined ? undefined : metaOf(JSON.parse(row.text) as JsonObject);
    const stamped = withMeta(object, {
      uid: before?.uid ?? randomUUID(),
      creationTimestamp: before?.creationTimestamp ?? this.created,
    });
    const stored = toStored(stamped, kind);
    this.objects.store.write(storedAs(kind), namespace, name, (revision) => encode(stored, revision));
  }
}
