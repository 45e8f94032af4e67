import { ApiError } from "../error.ts";
import type { Position } from "../storage/store.ts";

/** Where a list goes on, and the revision that all of its pages show. */
export interface Continue extends Position {
  readonly revision: number;
}

export function continueAt({ revision, namespace, name }: Continue): string {
  return Buffer.from(JSON.stringify([revision, namespace, name])).toString("base64url");
}

export function parseContinue(token: string): Continue {
  try {
    const value = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown;
    if (Array.isArray(value)) {
      const [revision, namespace, name] = value as readonly unknown[];
      if (Number.isSafeInteger(revision) && typeof namespace === "string" && typeof name === "string") {
        return { revision: revision as number, namespace, name };
      }
    }
  } catch {
    // Not one of ours.
  }
  throw new ApiError("BadRequest", "The continue parameter is not one that this server gave");
}
