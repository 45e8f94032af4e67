import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { resourceName, type Kind, type KindVersion } from "../../resources/kind.ts";
import { ApiError } from "../error.ts";
import { selectableFields, type Selectable } from "./selectable.ts";

type FieldTest = (object: JsonObject) => boolean;

/**
 * The test that a `fieldSelector` describes: `metadata.name=a,status.phase!=Running`; all of it must hold. In values
 * `\` escapes `,`, `=` and itself. A fault, or a field that the kind does not offer, is a BadRequest.
 */
export function parseFieldSelector(text: string, kind: Kind, version: KindVersion): FieldTest {
  const fields = fieldsOf(kind, version);
  const tests: FieldTest[] = [];
  for (const { term, at } of terms(text)) {
    const match = /!=|==?/.exec(term);
    if (match === null) throw fault(at, `"${term}" has none of =, == and !=`);
    const name = term.slice(0, match.index);
    const field = fields.get(name);
    if (field === undefined) {
      const allowed = [...fields.keys()].join(", ");
      throw fault(at, `${kind.kind} cannot be selected by "${name}"; allowed: ${allowed}`);
    }
    const start = match.index + match[0].length;
    const wanted = unescape(term.slice(start), at + start);
    const equal = match[0] !== "!=";
    tests.push((object) => (read(object, name, field) === wanted) === equal);
  }
  return (object) => tests.every((test) => test(object));
}

function fieldsOf(kind: Kind, version: KindVersion): ReadonlyMap<string, Selectable> {
  const custom = (version.selectable ?? []).map((path) => path.replace(/^\./, ""));
  return new Map<string, Selectable>([
    ["metadata.name", {}],
    ...(kind.namespaced ? [["metadata.namespace", {}] as const] : []),
    ...custom.map((name) => [name, {}] as const),
    ...Object.entries(selectableFields(resourceName(kind))),
  ]);
}

/** Parts between commas that no `\` escapes; empty parts mean nothing. */
function* terms(text: string): Generator<{ readonly term: string; readonly at: number }> {
  let start = 0;
  for (let next = 0; next <= text.length; next++) {
    const char = text[next];
    if (char === "\\") {
      next++;
    } else if (char === ",") {
      if (next > start) yield { term: text.slice(start, next), at: start + 1 };
      start = next + 1;
    }
  }
  if (start < text.length) yield { term: text.slice(start), at: start + 1 };
}

function unescape(text: string, at: number): string {
  let value = "";
  for (let next = 0; next < text.length; next++) {
    const char = text.charAt(next);
    if (char === "=" || char === ",") throw fault(at + next, `"${char}" in a value is written "\\${char}"`);
    if (char !== "\\") {
      value += char;
      continue;
    }
    const escaped = text.charAt(++next);
    if (escaped !== "\\" && escaped !== "," && escaped !== "=") {
      throw fault(at + next - 1, `"\\${escaped}" is no escape; allowed: \\\\ \\, \\=`);
    }
    value += escaped;
  }
  return value;
}

function read(object: JsonObject, name: string, field: Selectable): string {
  return (
    textAt(object, field.path ?? name) ||
    (field.or === undefined ? "" : textAt(object, field.or)) ||
    (field.absent ?? "")
  );
}

function textAt(object: JsonObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split(".")) {
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

function fault(at: number, what: string): ApiError {
  return new ApiError("BadRequest", `fieldSelector, character ${at}: ${what}`);
}
