import { coreKinds } from "./core/core-kinds.ts";
import { gatewayKinds } from "./gateway/gateway-kinds.ts";
import { apiVersionOf, type Kind, type KindVersion } from "./kind.ts";

/** The kinds that this project brings: no CustomResourceDefinition is needed for them. */
export const kinds: readonly Kind[] = [...gatewayKinds, ...coreKinds];

/** A kind in the version that an object is written in. */
export interface FoundKind {
  readonly kind: Kind;
  readonly version: KindVersion;
}

const served = new Map<string, FoundKind>();
for (const kind of kinds) {
  for (const version of kind.versions) {
    if (!version.served) continue;
    served.set(`${apiVersionOf(kind.group, version.name)} ${kind.kind}`, { kind, version });
  }
}

/** The kind that an object of this `apiVersion` and `kind` belongs to, if it is served. */
export function findKind(apiVersion: string, kind: string): FoundKind | undefined {
  return served.get(`${apiVersion} ${kind}`);
}
