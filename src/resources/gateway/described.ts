import type { Schema } from "../schema/schema.ts";

/** The same schema with words for the place where it stands. */
export function described<S extends Schema>(description: string, schema: S): S {
  return { ...schema, description };
}
