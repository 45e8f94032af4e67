/**
 * Sets of field paths, as trees: a node says whether its own path is in the set and holds the paths below it, by path
 * element (`path-element.ts`). Never changed once made; operations share what they can. No node is empty but the root.
 * The meaning of the operations is that of structured-merge-diff, which kube-apiserver uses.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

const noChildren: ReadonlyMap<string, FieldSet> = new Map();
export const noFields: FieldSet = { member: false, children: noChildren };
/** A path with nothing below it. */
export const leaf: FieldSet = { member: true, children: noChildren };

export function fieldSet(member: boolean, children: ReadonlyMap<string, FieldSet>): FieldSet {
  if (children.size === 0) return member ? leaf : noFields;
  return { member, children };
}

export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const other = children.get(element);
    children.set(element, other === undefined ? child : union(other, child));
  }
  return fieldSet(a.member || b.member, children);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const [small, large] = a.children.size <= b.children.size ? [a, b] : [b, a];
  const children = new Map<string, FieldSet>();
  for (const [element, child] of small.children) {
    const other = large.children.get(element);
    if (other === undefined) continue;
    const both = intersection(child, other);
    if (!isEmpty(both)) children.set(element, both);
  }
  return fieldSet(a.member && b.member, children);
}

/** Paths of `a` that are not in `b`. A path stays when only what is below it, or above it, is in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, difference);
}

/** Paths of `a` that are neither in `b` nor below a path of `b`. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, (child, other) => (other.member ? noFields : differenceBelow(child, other)));
}

function subtract(
  a: FieldSet,
  b: FieldSet,
  subtractChild: (child: FieldSet, other: FieldSet) => FieldSet,
): FieldSet {
  let children: Map<string, FieldSet> | undefined;
  const [small, large] = a.children.size <= b.children.size ? [a, b] : [b, a];
  for (const element of small.children.keys()) {
    if (!large.children.has(element)) continue;
    const child = a.children.get(element) ?? noFields;
    const rest = subtractChild(child, b.children.get(element) ?? noFields);
    if (rest === child) continue;
    children ??= new Map(a.children);
    if (isEmpty(rest)) children.delete(element);
    else children.set(element, rest);
  }
  const member = a.member && !b.member;
  return children === undefined && member === a.member ? a : fieldSet(member, children ?? a.children);
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member !== b.member || a.children.size !== b.children.size) return false;
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    if (other === undefined || !equalSets(child, other)) return false;
  }
  return true;
}

/** Calls `visit` with every path of the set; `path` is only valid during the call. */
export function eachPath(set: FieldSet, visit: (path: readonly string[]) => void, path: string[] = []): void {
  if (set.member) visit(path);
  for (const [element, child] of set.children) {
    path.push(element);
    eachPath(child, visit, path);
    path.pop();
  }
}

/** The set of these paths. */
export function setOf(paths: Iterable<readonly string[]>): FieldSet {
  let set = noFields;
  for (const path of paths) {
    let branch = leaf;
    for (const element of path.toReversed()) branch = fieldSet(false, new Map([[element, branch]]));
    set = union(set, branch);
  }
  return set;
}
