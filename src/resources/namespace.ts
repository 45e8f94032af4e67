import { dnsLabel } from "./forms.ts";
import { metadata } from "./metadata.ts";
import { open, string } from "./schema.ts";
import type { Resource } from "./resource.ts";

/** Every Namespace carries its name in this label, set by the API server. */
export const NAME_LABEL = "kubernetes.io/metadata.name";

export const namespaceSchema = open({ apiVersion: string(), kind: string(), metadata: metadata(dnsLabel) });

export interface Namespace extends Resource {
  readonly kind: "Namespace";
}
