import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * Copies with a change, for defaults. They run on objects that nobody has checked yet: what is not of the wanted type
 * is passed on as it is.
 */

export function withDefault(object: JsonObject, name: string, value: unknown): JsonObject {
  const given = object[name];
  return given === undefined || given === null || given === "" ? { ...object, [name]: value } : object;
}

/** With the object at `name` replaced; unchanged if there is none. */
export function inside(object: JsonObject, name: string, edit: (part: JsonObject) => JsonObject): JsonObject {
  const part = object[name];
  if (!isJsonObject(part)) return object;
  const edited = edit(part);
  return edited === part ? object : { ...object, [name]: edited };
}

/** With every object of the list at `name` replaced. */
export function each(object: JsonObject, name: string, edit: (item: JsonObject) => JsonObject): JsonObject {
  const list = object[name];
  if (!Array.isArray(list)) return object;
  const edited = list.map((item: unknown) => (isJsonObject(item) ? edit(item) : item));
  return edited.every((item, index) => item === list[index]) ? object : { ...object, [name]: edited };
}

/** Without the fields of these names that hold `""`, which stands for nothing there. */
export function withoutEmpty(object: JsonObject, ...names: readonly string[]): JsonObject {
  if (!names.some((name) => object[name] === "")) return object;
  return Object.fromEntries(
    Object.entries(object).filter(([name, value]) => value !== "" || !names.includes(name)),
  );
}
