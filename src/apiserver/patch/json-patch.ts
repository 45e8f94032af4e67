import { equalValues } from "../../resources/equality.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { arrayIndex, parsePointer, step } from "./json-pointer.ts";
import { checkDepth, deepCopy, type Draft, field, setField } from "./value.ts";

const MAX_OPERATIONS = 10_000;
/** Bytes of JSON that all `copy` operations of a patch may add, as in kube-apiserver. */
const MAX_COPIED = 3 * 1024 * 1024;
/** Places by which list elements may be moved to make room or to close gaps: about a tenth of a second. */
const MAX_SHIFTED = 100_000_000;

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from: string;
  readonly value: unknown;
}

/**
 * Applies a JSON patch (RFC 6902) to a copy of the document. The result need not be an object.
 *
 * Where kube-apiserver is more lenient than the RFC, so are we, because clients rely on it: `replace` adds a field
 * that is missing, a missing field equals null for `test`, and negative indices count from the end. Where it is
 * stricter, so are we: the document as a whole can only be tested and replaced.
 *
 * @throws ApiError BadRequest when the patch is not a list of operations, RequestEntityTooLarge when it has too
 * many, Invalid when one cannot be applied.
 */
export function applyJsonPatch(document: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw new ApiError("BadRequest", "the JSON patch must be a list of operations");
  }
  if (patch.length > MAX_OPERATIONS) {
    throw new ApiError(
      "RequestEntityTooLarge",
      `the JSON patch has ${patch.length} operations; at most ${MAX_OPERATIONS} are allowed`,
    );
  }
  checkDepth(patch, "the JSON patch");
  const operations = patch.map(readOperation);
  const work = new Work(deepCopy(document));
  for (const [index, operation] of operations.entries()) work.apply(operation, index);
  checkDepth(work.root, "the patched object");
  return work.root;
}

function readOperation(value: unknown, index: number): Operation {
  if (!isJsonObject(value)) {
    throw new ApiError("BadRequest", `JSON patch operation ${index} must be an object`);
  }
  const text = (name: string): string | undefined => {
    const member = field(value, name) ?? undefined;
    if (member === undefined || typeof member === "string") return member;
    throw new ApiError("BadRequest", `JSON patch operation ${index}: "${name}" must be a string`);
  };
  const op = text("op");
  const path = text("path");
  const from = text("from");
  const lack = (name: string): ApiError =>
    new ApiError("Invalid", `JSON patch operation ${index} has no "${name}"`);
  if (op === undefined) throw lack("op");
  if (path === undefined) throw lack("path");
  if (from === undefined && (op === "move" || op === "copy")) throw lack("from");
  if (!Object.hasOwn(value, "value") && (op === "add" || op === "replace" || op === "test"))
    throw lack("value");
  return { op, path, from: from ?? "", value: field(value, "value") };
}

/** The document while it is patched. */
class Work {
  root: unknown;
  private copied = 0;
  private shifted = 0;
  /** Of the running operation, for messages. */
  private where = "";

  constructor(root: unknown) {
    this.root = root;
  }

  apply(operation: Operation, index: number): void {
    const { op, path, from } = operation;
    this.where = `JSON patch operation ${index} (${op} "${path}")`;
    switch (op) {
      case "add":
        return this.add(path, deepCopy(operation.value));
      case "remove":
        return this.remove(path);
      case "replace":
        return this.replace(path, deepCopy(operation.value));
      case "move": {
        const value = this.read(from);
        this.remove(from);
        return this.add(path, value);
      }
      case "copy":
        return this.add(path, this.copy(from));
      case "test":
        return this.test(path, operation.value);
      default:
        throw this.fault(`unknown operation; allowed are add, remove, replace, move, copy, test`);
    }
  }

  private fault(problem: string): ApiError {
    return new ApiError("Invalid", `${this.where}: ${problem}`);
  }

  /** The container of what the pointer names, which need not be there itself. */
  private locate(pointer: string): { readonly container: Draft | unknown[]; readonly token: string } {
    const tokens = parsePointer(pointer);
    if (tokens === undefined) throw this.fault(`"${pointer}" is not a JSON pointer`);
    const token = tokens.at(-1);
    if (token === undefined) throw this.fault("the document as a whole can only be tested and replaced");
    let container = this.root;
    for (const name of tokens.slice(0, -1)) container = step(container, name);
    if (typeof container !== "object" || container === null) {
      throw this.fault(`nothing can be found at "${pointer}": what should contain it is missing`);
    }
    return { container: container as Draft | unknown[], token };
  }

  private index(token: string, count: number): number {
    const index = arrayIndex(token, count);
    if (index === undefined) throw this.fault(`"${token}" is not an index of a list with ${count} places`);
    return index;
  }

  /** Undefined for a missing field of an object; a missing element of a list is a fault. */
  private read(pointer: string): unknown {
    const { container, token } = this.locate(pointer);
    return Array.isArray(container)
      ? container[this.index(token, container.length)]
      : field(container, token);
  }

  private add(pointer: string, value: unknown): void {
    const { container, token } = this.locate(pointer);
    if (!Array.isArray(container)) return setField(container, token, value);
    const index = token === "-" ? container.length : this.index(token, container.length + 1);
    this.shift(container.length - index);
    container.splice(index, 0, value);
  }

  private remove(pointer: string): void {
    const { container, token } = this.locate(pointer);
    if (Array.isArray(container)) {
      const index = this.index(token, container.length);
      this.shift(container.length - index);
      container.splice(index, 1);
      return;
    }
    if (!Object.hasOwn(container, token)) throw this.fault(`there is nothing at "${pointer}"`);
    Reflect.deleteProperty(container, token);
  }

  private replace(pointer: string, value: unknown): void {
    if (pointer === "") {
      this.root = value;
      return;
    }
    const { container, token } = this.locate(pointer);
    if (Array.isArray(container)) container[this.index(token, container.length)] = value;
    else setField(container, token, value);
  }

  private copy(pointer: string): unknown {
    const value = this.read(pointer) ?? null;
    checkDepth(value, "the value to copy");
    const text = JSON.stringify(value);
    this.copied += Buffer.byteLength(text);
    if (this.copied > MAX_COPIED) {
      throw this.fault(`the patch copies more than the ${MAX_COPIED} bytes that are allowed`);
    }
    return JSON.parse(text);
  }

  private test(pointer: string, expected: unknown): void {
    const actual = pointer === "" ? this.root : (this.read(pointer) ?? null);
    if (!equalValues(actual, expected)) throw this.fault("the test failed: the value is another one");
  }

  private shift(places: number): void {
    this.shifted += places;
    if (this.shifted > MAX_SHIFTED) throw this.fault("the patch moves too many list elements");
  }
}
