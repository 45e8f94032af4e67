import type { Frame } from "../budget.ts";
import { fn, method, type Overload } from "../overload.ts";
import { bytesOf, timestampOf } from "../time.ts";
import { FORMAT, list, optional, STRING } from "../types.ts";
import { NONE, Opaque, Optional } from "../values.ts";
import { isUrl } from "./url.ts";

/** What is wrong with a text; empty when nothing is. */
type Validate = (text: string) => string[];

class Format extends Opaque {
  readonly typeName = FORMAT.name;
  readonly name: string;
  readonly validate: Validate;

  constructor(name: string, validate: Validate) {
    super();
    this.name = name;
    this.validate = validate;
  }

  equals(other: Format): boolean {
    return this.name === other.name;
  }
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

function limited(max: number, valid: (text: string) => boolean, form: string): Validate {
  return (text) => [
    ...(Buffer.byteLength(text) > max ? [`must be no more than ${max} characters`] : []),
    ...(valid(text) ? [] : [form]),
  ];
}

const label = limited(
  63,
  (text) => LABEL.test(text),
  "must be a DNS label: a-z, 0-9 and '-', not '-' at an end",
);
const label1035 = limited(
  63,
  (text) => LABEL_1035.test(text),
  "must be a DNS label that begins with a letter: a-z, 0-9 and '-', not '-' at the end",
);
const subdomain = limited(
  253,
  (text) => text.split(".").every((part) => LABEL.test(part)),
  "must be DNS labels (a-z, 0-9 and '-', not '-' at an end) with '.' between them",
);

function qualifiedName(text: string): string[] {
  const parts = text.split("/");
  if (parts.length > 2) {
    return ["must be a name, or a DNS subdomain, '/' and a name"];
  }
  const prefix = parts.length === 2 ? parts[0]! : undefined;
  const name = parts.at(-1)!;
  return [
    ...(prefix === undefined ? [] : subdomain(prefix).map((problem) => `prefix part ${problem}`)),
    ...limited(
      63,
      (part) => NAME.test(part),
      "must be letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    )(name).map((problem) => `name part ${problem}`),
  ];
}

/** For names that get something appended: a '-' at the end is fine. */
function asPrefix(validate: Validate): Validate {
  return (text) => validate(text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text);
}

function plain(valid: (text: string) => boolean, problem: string): Validate {
  return (text) => (valid(text) ? [] : [problem]);
}

const FORMATS: Readonly<Record<string, Format>> = {
  dns1123Label: new Format("DNS1123Label", label),
  dns1123Subdomain: new Format("DNS1123Subdomain", subdomain),
  dns1035Label: new Format("DNS1035Label", label1035),
  qualifiedName: new Format("QualifiedName", qualifiedName),
  dns1123LabelPrefix: new Format("DNS1123LabelPrefix", asPrefix(label)),
  dns1123SubdomainPrefix: new Format("DNS1123SubdomainPrefix", asPrefix(subdomain)),
  dns1035LabelPrefix: new Format("DNS1035LabelPrefix", asPrefix(label1035)),
  labelValue: new Format(
    "LabelValue",
    limited(
      63,
      (text) => text === "" || NAME.test(text),
      "must be empty or letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    ),
  ),
  uri: new Format("URI", plain(isUrl, "must be an absolute URI or an absolute path")),
  uuid: new Format(
    "uuid",
    plain((text) => UUID.test(text), "must be a UUID"),
  ),
  byte: new Format(
    "byte",
    plain((text) => text !== "" && !/[\r\n]/.test(text) && bytesOf(text) !== undefined, "must be base64"),
  ),
  date: new Format(
    "date",
    plain((text) => /^.{10}$/.test(text) && timestampOf(text) !== undefined, "must be a date"),
  ),
  datetime: new Format(
    "datetime",
    plain(
      (text) => /t/i.test(text) && timestampOf(text) !== undefined,
      "must be a date and time as in RFC 3339",
    ),
  ),
};

export function formats(): Overload[] {
  return [
    ...Object.entries(FORMATS).map(([name, format]) => fn(`format.${name}`, [], FORMAT, () => format)),
    fn("format.named", [STRING], optional(FORMAT), (_, name: string) =>
      Object.hasOwn(FORMATS, name) ? new Optional(FORMATS[name]) : NONE,
    ),
    method(
      "validate",
      [FORMAT, STRING],
      optional(list(STRING)),
      (frame: Frame, format: Format, text: string) => {
        frame.spend(1 + text.length);
        const problems = format.validate(text);
        return problems.length === 0 ? NONE : new Optional(problems);
      },
    ),
  ];
}
