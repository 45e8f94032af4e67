import { field } from "./value.ts";

/** The reference tokens of a JSON pointer (RFC 6901), or undefined when it is not one. `""` has none. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What the token names within the container, or undefined. */
export function step(container: unknown, token: string): unknown {
  if (Array.isArray(container)) {
    const index = arrayIndex(token, container.length);
    return index === undefined ? undefined : container[index];
  }
  return typeof container === "object" && container !== null ? field(container, token) : undefined;
}

/**
 * The index that a token names among `count` places, or undefined. As in kube-apiserver and beyond the RFC,
 * negative indices count from the end.
 */
export function arrayIndex(token: string, count: number): number | undefined {
  if (!/^[+-]?\d+$/.test(token)) return undefined;
  const index = Number(token) < 0 ? count + Number(token) : Number(token);
  return index >= 0 && index < count ? Math.abs(index) : undefined;
}
