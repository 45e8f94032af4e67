import type { ReferenceGrant } from "../resources/gateway/reference-grant.ts";

/** Who refers: any object of this kind in this namespace. */
export interface Referrer {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
}

interface Referent {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * Whether one of the grants of the referent's namespace lets the referrer in: any `from` with any `to` of
 * the same grant; a `to` without a name means all of its kind.
 */
export function isGranted(grants: Iterable<ReferenceGrant>, from: Referrer, to: Referent): boolean {
  for (const { spec } of grants) {
    const isFrom = spec.from.some(
      (one) => one.group === from.group && one.kind === from.kind && one.namespace === from.namespace,
    );
    const isTo = spec.to.some(
      (one) =>
        one.group === to.group && one.kind === to.kind && (one.name === undefined || one.name === to.name),
    );
    if (isFrom && isTo) return true;
  }
  return false;
}
