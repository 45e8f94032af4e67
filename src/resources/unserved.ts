import type { Path } from "./schema/schema.ts";

/**
 * Fields that are valid and have no effect yet, and that no condition can speak of: whoever writes one is told.
 * A field leaves this list together with the tests that show its effect.
 */
const unserved: Readonly<Record<string, readonly Path[]>> = {
  Gateway: [["spec", "tls", "frontend"]],
};

/** Kinds that something is done with; objects of the others are checked and passed over. */
const inEffect = new Set([
  "GatewayClass",
  "Gateway",
  "ListenerSet",
  "HTTPRoute",
  "GRPCRoute",
  "ReferenceGrant",
  "Namespace",
  "Service",
  "EndpointSlice",
  "Secret",
  "ConfigMap",
]);

/** Whether objects of the kind change anything. */
export function hasEffect(kind: string): boolean {
  return inEffect.has(kind);
}

/** The fields of this object that have no effect. */
export function unservedFields(kind: string, object: unknown): readonly Path[] {
  return (unserved[kind] ?? []).filter((path) => {
    let value = object;
    for (const name of path) value = isRecord(value) ? value[name] : undefined;
    return value !== undefined && value !== null && value !== "None";
  });
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}
