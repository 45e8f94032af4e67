import { CelError } from "./error.ts";
import { bytesOf, durationOf, timestampOf } from "./time.ts";
import type { Type } from "./types.ts";
import { Double } from "./values.ts";

/** Makes the value of an expression of a JSON value; undefined for types whose JSON values stand for themselves. */
export type Decode = (value: unknown) => unknown;

const known = new WeakMap<Type, { readonly decode: Decode | undefined }>();

/** Objects stay as they are: their fields are decoded when they are read. */
export function decoder(type: Type): Decode | undefined {
  let entry = known.get(type);
  if (entry === undefined) {
    entry = { decode: newDecoder(type) };
    known.set(type, entry);
  }
  return entry.decode;
}

function newDecoder(type: Type): Decode | undefined {
  switch (type.kind) {
    case "double":
      return (value) => (typeof value === "number" ? new Double(value) : value);
    case "timestamp":
      return text(type, timestampOf);
    case "duration":
      return text(type, durationOf);
    case "bytes":
      return text(type, bytesOf);
    case "list": {
      const item = decoder(type.params[0]!);
      return item && ((value) => (Array.isArray(value) ? value.map(item) : value));
    }
    case "map": {
      const item = decoder(type.params[1]!);
      return (
        item &&
        ((value) =>
          typeof value === "object" && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, item(inner)]))
            : value)
      );
    }
    default:
      return undefined;
  }
}

function text(type: Type, parse: (value: string) => unknown): Decode {
  return (value) => {
    if (typeof value !== "string") {
      return value;
    }
    const parsed = parse(value);
    if (parsed === undefined) {
      throw new CelError(`${JSON.stringify(value)} is not a ${type.kind}`);
    }
    return parsed;
  };
}
