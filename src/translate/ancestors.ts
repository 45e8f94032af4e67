import type { ResourceKey } from "../resources/resource.ts";
import { ReverseIndex } from "./reverse-index.ts";

/** A Gateway through which an object is used, as statuses of policies name it. */
export interface Ancestor {
  readonly gateway: ResourceKey;
  readonly controllerName: string;
}

/** Objects that all have these ancestors. */
export interface Line {
  readonly objects: Iterable<ResourceKey>;
  readonly ancestors: readonly Ancestor[];
}

/**
 * Through which Gateways backends are used: the ancestors of their policies. A change costs the user that it is about,
 * however many others use the same backends.
 */
export class Ancestors {
  /** Who uses backends (a route, a Gateway) → pairs of a backend object and an ancestor. */
  private readonly pairs = new ReverseIndex();
  private readonly byObject = new Map<ResourceKey, Set<string>>();

  /** What `user` uses from now on. Returns the objects whose ancestors are others now. */
  set(user: ResourceKey, lines: readonly Line[]): ReadonlySet<ResourceKey> {
    const before = this.pairs.targets(user);
    const now = new Set<string>();
    for (const { objects, ancestors } of lines) {
      const names = ancestors.map(({ gateway, controllerName }) => `${gateway} ${controllerName}`);
      for (const object of objects) for (const name of names) now.add(`${object} ${name}`);
    }
    const known = new Set([...now].filter((pair) => this.pairs.owners(pair).size > 0));
    this.pairs.set(user, now);
    const changed = new Set<ResourceKey>();
    for (const pair of now) {
      if (known.has(pair)) continue;
      const { object, ancestor } = split(pair);
      const present = this.byObject.get(object);
      if (present === undefined) this.byObject.set(object, new Set([ancestor]));
      else present.add(ancestor);
      changed.add(object);
    }
    for (const pair of before) {
      if (this.pairs.owners(pair).size > 0) continue;
      const { object, ancestor } = split(pair);
      const left = this.byObject.get(object);
      left?.delete(ancestor);
      if (left?.size === 0) this.byObject.delete(object);
      changed.add(object);
    }
    return changed;
  }

  /** Of all these objects together, sorted. */
  of(objects: Iterable<ResourceKey>): readonly Ancestor[] {
    const names = new Set<string>();
    for (const object of objects) for (const name of this.byObject.get(object) ?? []) names.add(name);
    return [...names].toSorted().map((name) => {
      const [gateway = "", controllerName = ""] = name.split(" ");
      return { gateway, controllerName };
    });
  }
}

/** Neither keys nor names of controllers have spaces. */
function split(pair: string): { readonly object: ResourceKey; readonly ancestor: string } {
  const space = pair.indexOf(" ");
  return { object: pair.slice(0, space), ancestor: pair.slice(space + 1) };
}
