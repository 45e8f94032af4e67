import { equalValues } from "../../resources/equality.ts";
import type { ArraySchema, Schema } from "../../resources/schema/schema.ts";
import { itemsByElement, wholeTree } from "./collect.ts";
import { differenceBelow, fieldSet, type FieldSet, isEmpty, leaf, noFields } from "./field-set.ts";
import { fieldElement } from "./path-element.ts";
import { fieldSchema, isEmptyContainer, isItems, shapeOf } from "./shape.ts";

/** How a value differs from what it was. */
export interface Changes {
  /** New, or with another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const noChanges: Changes = { changed: noFields, removed: noFields };

export function hasChanges(changes: Changes): boolean {
  return !isEmpty(changes.changed) || !isEmpty(changes.removed);
}

/** Leaves out fields, and all below them. */
export function exceptFields(changes: Changes, fields: FieldSet): Changes {
  if (isEmpty(fields)) return changes;
  return {
    changed: differenceBelow(changes.changed, fields),
    removed: differenceBelow(changes.removed, fields),
  };
}

/** The order of lists whose elements are owned one by one does not count. `undefined` is nothing at all. */
export function compare(before: unknown, after: unknown, schema: Schema | undefined): Changes {
  if (before === after) return noChanges;
  if (before === undefined) return { changed: wholeTree(after, schema), removed: noFields };
  if (after === undefined) return { changed: noFields, removed: wholeTree(before, schema) };
  const was = shapeOf(before, schema);
  const is = shapeOf(after, schema);
  if (was !== is) {
    // A leaf became a container or the other way round, which only values without a schema can.
    const gone = was === "leaf" ? noFields : fieldSet(false, wholeTree(before, schema).children);
    return { changed: is === "leaf" ? leaf : wholeTree(after, schema), removed: gone };
  }
  if (is === "leaf" || (isEmptyContainer(before) && isEmptyContainer(after))) {
    return equalValues(before, after) ? noChanges : { changed: leaf, removed: noFields };
  }
  if (is === "items") return isItems(schema) ? compareItems(before, after, schema) : noChanges;
  return compareFields(before, after, schema);
}

/** Collects the changes of what is within a container. */
class Collector {
  private changed: Map<string, FieldSet> | undefined;
  private removed: Map<string, FieldSet> | undefined;

  add(element: string, changes: Changes): void {
    if (!isEmpty(changes.changed))
      (this.changed ??= new Map<string, FieldSet>()).set(element, changes.changed);
    if (!isEmpty(changes.removed))
      (this.removed ??= new Map<string, FieldSet>()).set(element, changes.removed);
  }

  finish(): Changes {
    if (this.changed === undefined && this.removed === undefined) return noChanges;
    return {
      changed: this.changed === undefined ? noFields : fieldSet(false, this.changed),
      removed: this.removed === undefined ? noFields : fieldSet(false, this.removed),
    };
  }
}

function compareFields(before: unknown, after: unknown, schema: Schema | undefined): Changes {
  const old = (before ?? {}) as Readonly<Record<string, unknown>>;
  const now = (after ?? {}) as Readonly<Record<string, unknown>>;
  const collector = new Collector();
  for (const name of Object.keys(old)) {
    const next = Object.hasOwn(now, name) ? now[name] : undefined;
    if (old[name] !== next) {
      collector.add(fieldElement(name), compare(old[name], next, fieldSchema(schema, name)));
    }
  }
  for (const name of Object.keys(now)) {
    if (Object.hasOwn(old, name)) continue;
    collector.add(fieldElement(name), compare(undefined, now[name], fieldSchema(schema, name)));
  }
  return collector.finish();
}

function compareItems(before: unknown, after: unknown, schema: ArraySchema): Changes {
  const old = itemsByElement((before ?? []) as readonly unknown[], schema);
  const now = itemsByElement((after ?? []) as readonly unknown[], schema);
  const collector = new Collector();
  for (const [element, items] of old) {
    collector.add(element, compareSame(items, now.get(element) ?? [], schema.items));
  }
  for (const [element, items] of now) {
    if (!old.has(element)) collector.add(element, compareSame([], items, schema.items));
  }
  return collector.finish();
}

/** Elements that nothing tells apart. Where there are several, they are one leaf. */
function compareSame(before: readonly unknown[], after: readonly unknown[], schema: Schema): Changes {
  if (before.length <= 1 && after.length <= 1) return compare(before[0], after[0], schema);
  if (before.length > 1 && after.length > 1) {
    return equalValues(before, after) ? noChanges : { changed: leaf, removed: noFields };
  }
  if (before.length > 1) {
    return { changed: after.length === 0 ? noFields : wholeTree(after[0], schema), removed: leaf };
  }
  return { changed: leaf, removed: before.length === 0 ? noFields : wholeTree(before[0], schema) };
}
