import type { ResourceKey } from "../resources/resource.ts";

/** What is wrong with an object, as far as no status says it. */
export interface ObjectFault {
  readonly object: ResourceKey;
  readonly message: string;
}
