/** Objects as they travel: parsed JSON. Nobody changes one that came from elsewhere; whoever edits makes a copy. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
