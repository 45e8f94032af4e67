import { messages, packages } from "./fields/fields.ts";

/** One field of a message, and how its values are shown in JSON. */
export interface Field {
  readonly name: string;
  readonly shape: "one" | "list" | "map" | "inline";
  /** `string`, `bytes`, `bool`, `int`, `double`, a type with a JSON form of its own, or the name of a message. */
  readonly type: string;
  /** Even when it is zero or empty: the field is a pointer in Go, or JSON always has it. */
  readonly isKept: boolean;
}

const read = new Map<string, ReadonlyMap<number, Field>>();

/** The fields of a message by their numbers; read from the tables when they are first asked for. */
export function fieldsOf(message: string): ReadonlyMap<number, Field> {
  let fields = read.get(message);
  if (fields === undefined) {
    const entries = (messages[message] ?? "").split(" ").filter((entry) => entry !== "");
    fields = new Map(entries.map(readField));
    read.set(message, fields);
  }
  return fields;
}

/** The message that an object of this type is; undefined for types without one. */
export function rootOf(apiVersion: string, kind: string): string | undefined {
  // Options of requests belong to every group.
  if (kind === "DeleteOptions") return "meta/v1.DeleteOptions";
  if (!Object.hasOwn(packages, apiVersion)) return undefined;
  const name = `${packages[apiVersion]}.${kind}`;
  return Object.hasOwn(messages, name) ? name : undefined;
}

/** `NAME:NUMBER:TYPE`; `!` before the type keeps zero values, `[]` makes a list, `{}` a map, no name is inline. */
function readField(entry: string): [number, Field] {
  const [name = "", number = "", code = ""] = entry.split(":");
  const isKept = code.startsWith("!");
  const shaped = isKept ? code.slice(1) : code;
  const shape = shaped.startsWith("[]")
    ? "list"
    : shaped.startsWith("{}")
      ? "map"
      : name === ""
        ? "inline"
        : "one";
  const type = shape === "list" || shape === "map" ? shaped.slice(2) : shaped;
  return [Number(number), { name, shape, type, isKept }];
}
