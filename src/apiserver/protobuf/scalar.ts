import { Reader, WireError, type WireValue } from "./reader.ts";

type DecodeMessage = (name: string, bytes: Uint8Array) => unknown;
type Values = ReadonlyMap<number, readonly WireValue[]>;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const SCHEMA = "apiextensions/v1.JSONSchemaProps";

/** Messages that JSON shows as something else than an object of their fields. */
const scalars: Readonly<Record<string, (values: Values, message: DecodeMessage) => unknown>> = {
  Time: (values) => timestamp(values, 0),
  MicroTime: (values) => timestamp(values, 6),
  Duration: (values) => `${numberAt(values, 1) / 1e9}s`,
  Quantity: (values) => textAt(values, 1),
  RawJson: (values) => parsed(textAt(values, 1)),
  IntOrString: (values) => (numberAt(values, 1) === 0 ? numberAt(values, 2) : textAt(values, 3)),
  "Wrapped[]string": (values) => (values.get(1) ?? []).map(decodeText),
  SchemaOrBool: (values, message) => schemaAt(values, 2, message)[0] ?? numberAt(values, 1) !== 0,
  SchemaOrList: (values, message) => schemaAt(values, 1, message)[0] ?? schemaAt(values, 2, message),
  SchemaOrStrings: (values, message) =>
    schemaAt(values, 1, message)[0] ?? (values.get(2) ?? []).map(decodeText),
};

/** The JSON value of a message of such a type; undefined for other types. */
export function scalarOf(
  type: string,
  bytes: Uint8Array,
  message: DecodeMessage,
): { readonly value: unknown } | undefined {
  if (!Object.hasOwn(scalars, type)) return undefined;
  const values = new Map<number, WireValue[]>();
  for (const reader = new Reader(bytes); !reader.isAtEnd;) {
    const { number, value } = reader.next();
    const known = values.get(number);
    if (known === undefined) values.set(number, [value]);
    else known.push(value);
  }
  return { value: scalars[type]!(values, message) };
}

/** RFC 3339 with so many digits of a second; undefined for the time that was not set. */
function timestamp(values: Values, digits: number): string | undefined {
  if (values.size === 0) return undefined;
  const seconds = numberAt(values, 1);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new WireError(`no time is ${seconds} seconds after 1970`);
  const whole = date.toISOString().slice(0, 19);
  if (digits === 0) return `${whole}Z`;
  const fraction = String(numberAt(values, 2)).padStart(9, "0").slice(0, digits);
  return `${whole}.${fraction}Z`;
}

function parsed(json: string): unknown {
  if (json === "") return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw new WireError("bytes that should be JSON are not");
  }
}

function schemaAt(values: Values, number: number, message: DecodeMessage): readonly unknown[] {
  return (values.get(number) ?? []).map((value) => message(SCHEMA, bytesOf(value)));
}

function numberAt(values: Values, number: number): number {
  const value = values.get(number)?.at(-1) ?? 0;
  if (typeof value !== "number") throw new WireError("bytes where a number belongs");
  return value;
}

function textAt(values: Values, number: number): string {
  const value = values.get(number)?.at(-1);
  return value === undefined ? "" : decodeText(value);
}

function decodeText(value: WireValue): string {
  return utf8.decode(bytesOf(value));
}

function bytesOf(value: WireValue): Uint8Array {
  if (typeof value === "number") throw new WireError("a number where bytes belong");
  return value;
}
