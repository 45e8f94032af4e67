import type { Check } from "./schema.ts";

/**
 * The API's way to write a union: a discriminator names the one member field that must be there, and the other
 * members must not.
 *
 * @param members value of the discriminator → field
 */
export function union(discriminator: string, members: Readonly<Record<string, string>>): Check<object> {
  return (value, fail) => {
    const fields = value as Readonly<Record<string, unknown>>;
    const chosen = String(fields[discriminator]);
    for (const [name, field] of Object.entries(members)) {
      const present = fields[field] !== undefined;
      if (name === chosen && !present) {
        fail(`${discriminator} ${chosen} needs the field "${field}"`, [field], "key");
      } else if (name !== chosen && present) {
        fail(
          `"${field}" goes with ${discriminator} ${name}, but ${discriminator} is ${chosen}`,
          [field],
          "key",
        );
      }
    }
  };
}
