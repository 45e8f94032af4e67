import type { ServedKind } from "../registry.ts";

const STATUS: readonly (readonly string[])[] = [["status"]];
const ALL_BUT_STATUS: readonly (readonly string[])[] = [["spec"], ["metadata", "deletionTimestamp"]];
const NONE: readonly (readonly string[])[] = [];

/** What a write to this part of the object cannot change, so its author does not own it either. */
export function resetFields(
  { version }: ServedKind,
  subresource: string | undefined,
): readonly (readonly string[])[] {
  if (!version.status) return NONE;
  if (subresource === undefined) return STATUS;
  return subresource === "status" ? ALL_BUT_STATUS : NONE;
}
