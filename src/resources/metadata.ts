import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from "./forms.ts";
import { integer, map, open, optional, string } from "./schema.ts";

interface NameRules {
  readonly pattern: string;
  readonly form: string;
  readonly minLength: number;
  readonly maxLength: number;
}

/** Names are DNS subdomains unless a kind says otherwise. Bookkeeping fields of API servers are kept as they are. */
export function metadata(name: NameRules = dnsSubdomain) {
  return open({
    name: string(name),
    namespace: optional(string(dnsLabel)),
    uid: optional(string()),
    creationTimestamp: optional(string({ format: "date-time" })),
    generation: optional(integer()),
    labels: map(string(labelValue), { keys: qualifiedName, default: {} }),
    annotations: map(string(), { keys: qualifiedName, default: {} }),
  });
}
