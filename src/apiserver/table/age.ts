import { ageOf } from "../../resources/core/age.ts";

const RFC3339 =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]{1,9})?(?:Z|[-+](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;

/** The cell of a `date` column: how long ago it was, `<unknown>` for no date, `<invalid>` for what is none. */
export function dateCell(timestamp: string, now: Date): string {
  if (timestamp === "" || timestamp === "null") return "<unknown>";
  return RFC3339.test(timestamp) ? ageOf(timestamp.replace(",", "."), now) : "<invalid>";
}
