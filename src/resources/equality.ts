import type { Resource } from "./resource.ts";

/** Equality of JSON values; the order of fields does not matter. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => equalValues(item, b[index]));
  }
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) &&
      equalValues((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  );
}

/** Whether two versions of an object say the same but for metadata: then the generation stays. */
export function equalContent(a: Resource, b: Resource): boolean {
  return equalValues({ ...a, metadata: undefined }, { ...b, metadata: undefined });
}
