import type { JsonObject } from "../../resources/json.ts";
import type { User } from "../auth/user.ts";
import type { Cause } from "../error.ts";
import type { ServedKind } from "../registry.ts";
import type { Objects } from "./objects.ts";

/** Who writes, and how: what the parameters of a request say. */
export interface Write {
  readonly user: User;
  /** Of the fields, for `managedFields`. */
  readonly manager: string;
  readonly dryRun: boolean;
  /** What becomes of fields that the schema does not have. */
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  /** `status`, `scale` …; absent for the object itself. */
  readonly subresource?: string;
  /** The update came as a patch of this type. */
  readonly operation?: "Apply" | "Update";
  warn(text: string): void;
}

export interface WriteContext {
  readonly objects: Objects;
  readonly served: ServedKind;
  readonly write: Write;
  readonly now: Date;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * What one built-in kind does beyond its schema. Objects come and go as copies; nothing is written but what
 * is returned.
 */
export interface Strategy {
  /** What the server itself fills in before validation. */
  readonly create?: (object: JsonObject, context: WriteContext) => JsonObject;
  readonly update?: (object: JsonObject, live: JsonObject, context: WriteContext) => JsonObject;
  /** Faults that the schema cannot tell. */
  readonly check?: (
    object: JsonObject,
    live: JsonObject | undefined,
    context: WriteContext,
  ) => readonly Cause[];
  /** May refuse a deletion by throwing. */
  readonly mayDelete?: (live: JsonObject, context: WriteContext) => void;
  /** How long the object lives on after a deletion: until someone else removes it, at most so many seconds. */
  readonly gracePeriod?: (live: JsonObject, options: DeleteOptions) => number;
  /** The object as it waits for its end. */
  readonly deleting?: (live: JsonObject) => JsonObject;
  /** True while something but finalizers in the metadata keeps a deleted object. */
  readonly isHeld?: (live: JsonObject) => boolean;
  /** The object came with the program: whoever applies it takes its fields over without a conflict. */
  readonly givesWay?: (live: JsonObject) => boolean;
  /** A copy of the status is kept when the object is created, unlike elsewhere. */
  readonly keepsStatus?: true;
  /** Has no `metadata.generation`. */
  readonly withoutGeneration?: true;
  /** Runs when the write is durable; not on a dry run. */
  readonly written?: (object: JsonObject, live: JsonObject | undefined, context: WriteContext) => void;
  readonly removed?: (live: JsonObject, objects: Objects) => void;
}
