import { equalValues } from "../../src/resources/equality.ts";
import type { Schema } from "../../src/resources/schema/schema.ts";
import { validate, type Validation } from "../../src/resources/schema/validate.ts";

/** The schema of this project and that of the release for one version of a kind. */
export interface Pair {
  readonly ours: Schema;
  readonly official: Schema;
}

/**
 * In what the two schemas differ about an object; undefined if in nothing.
 *
 * @param broken Gets the messages of the official schema: which of its rules were broken.
 */
export function difference(
  pair: Pair,
  object: unknown,
  previous: unknown,
  broken: Set<string>,
): string | undefined {
  const options = { unknown: "prune" as const, previous };
  const ours = validate(pair.ours, object, options);
  const official = validate(pair.official, object, options);
  for (const { message } of official.errors) broken.add(message);
  if (ours.errors.length === 0 && official.errors.length > 0) return `we accept: ${first(official)}`;
  if (ours.errors.length > 0 && official.errors.length === 0) return `we refuse: ${first(ours)}`;
  if (ours.errors.length > 0) return undefined;
  if (!equalValues(ours.value, official.value)) return `other value: ${place(ours.value, official.value)}`;
  return unknown(ours) === unknown(official) ? undefined : `unknown: ${unknown(ours)} / ${unknown(official)}`;
}

function first({ errors }: Validation<unknown>): string {
  const [error] = errors;
  return `${error!.path.join(".")}: ${error!.message}`.slice(0, 300);
}

function unknown({ unknown: paths }: Validation<unknown>): string {
  return paths
    .map((path) => path.join("."))
    .toSorted()
    .join(", ");
}

/** Where two values differ, the first place of all. */
function place(ours: unknown, official: unknown, path = ""): string {
  if (typeof ours !== "object" || typeof official !== "object" || ours === null || official === null) {
    return `${path} is ${JSON.stringify(ours)}, not ${JSON.stringify(official)}`;
  }
  const [left, right] = [ours as Record<string, unknown>, official as Record<string, unknown>];
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!equalValues(left[name], right[name])) return place(left[name], right[name], `${path}.${name}`);
  }
  return path;
}
