import { isIPv4, isIPv6 } from "node:net";

/**
 * Formats of strings that an API server checks in objects of CustomResourceDefinitions (`supportedVersionedFormats`
 * of apiextensions-apiserver). Any other format has no effect.
 */
interface Format {
  /** Says what is expected: `an IPv4 address`. */
  readonly form: string;
  readonly test: (text: string) => boolean;
}

const UUID = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, "i");

function pattern(form: string, expression: RegExp): Format {
  return { form, test: (text) => expression.test(text) };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d([^\n]\d+)?(z|[+-]\d{2}:\d{2})$/;

function isDateTime(text: string): boolean {
  const [date = "", time = ""] = text.toLowerCase().split("t");
  return isDate(date) && TIME.test(time);
}

const GO_DURATION = /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const UNIT = /^(ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/;
/** Of the largest whole number that a duration may have. */
const MOST_DIGITS = 18;

/** Durations of Go, or any number with a unit such as `3 days`. */
function isDuration(text: string): boolean {
  if (GO_DURATION.test(text)) return true;
  let found = false;
  for (const [, digits, unit] of text.matchAll(/(?<!\d)(\d+)\s*([A-Za-zµ]+)/g)) {
    if (digits!.replace(/^0+/, "").length > MOST_DIGITS) return false;
    found ||= UNIT.test(unit!.toLowerCase());
  }
  return found;
}

/** IPv4 parts may have leading zeros, as in old versions of Go. */
function plainIPv4(text: string): string {
  return text.replace(/(^|[.:])0+(?=\d)/g, "$1");
}

function isAddress(text: string): boolean {
  const plain = plainIPv4(text);
  return isIPv4(plain) || (isIPv6(plain) && !plain.includes("%"));
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits) || !isAddress(address)) return false;
  return Number(bits) <= (address.includes(":") ? 128 : 32);
}

function isMac(text: string): boolean {
  return (
    /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}((\1[0-9a-f]{2}){2}|(\1[0-9a-f]{2}){14})?$/i.test(text) ||
    /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(\.[0-9a-f]{4}|(\.[0-9a-f]{4}){7})?$/i.test(text)
  );
}

const LONE_LABEL = /^[0-9A-Za-z\p{S}\p{L}]-?[0-9A-Za-z\p{S}\p{L}]{0,62}$/u;
const LABEL = /^[0-9A-Za-z\p{S}\p{L}]([-0-9A-Za-z\p{S}\p{L}]{0,61}[0-9A-Za-z\p{S}\p{L}])?$/u;
const TOP_LABEL = /^\p{L}{2,63}$/u;
const HOSTNAME_BYTES = 255;
const LABEL_BYTES = 63;

function isHostname(text: string): boolean {
  const labels = text.split(".");
  if (Buffer.byteLength(text) > HOSTNAME_BYTES) return false;
  if (labels.some((label) => Buffer.byteLength(label) > LABEL_BYTES)) return false;
  if (labels.length === 1) return LONE_LABEL.test(text);
  return TOP_LABEL.test(labels.at(-1)!) && labels.slice(0, -1).every((label) => LABEL.test(label));
}

/** An absolute URI or an absolute path, as in the first line of a request. */
function isRequestUri(text: string): boolean {
  if (text === "*") return true;
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (text === "" || /[\u0000-\u001f\u007f]/.test(text)) return false;
  const scheme = /^[A-Za-z][-+.A-Za-z0-9]*:/.exec(text)?.[0] ?? "";
  const rest = text.slice(scheme.length);
  if (!rest.startsWith("/")) return scheme !== "";
  const path = rest.split("?")[0]!;
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return false;
  if (scheme === "" || !path.startsWith("//")) return true;
  const authority = path.slice(2).split("/")[0]!;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return /^(\[[0-9A-Fa-f:.%]+\]|[^\s"<>[\]\\^`{|}:]*)(:\d*)?$/.test(host);
}

const ATOM = '[^\\s"(),.:;<>@[\\]\\\\\\u0000-\\u001f]+';
const ADDRESS = `(${ATOM}(\\.${ATOM})*|"([^"\\\\]|\\\\.)*")@(${ATOM}(\\.${ATOM})*|\\[[^\\][]*\\])`;
const EMAIL = new RegExp(`^\\s*${ADDRESS}\\s*$|^[^<>@]*<${ADDRESS}>\\s*$`);

function digitsOf(text: string): number[] {
  return Array.from(text, Number);
}

function isIsbn10(text: string): boolean {
  const plain = text.replace(/[\s-]+/g, "");
  if (!/^\d{9}[\dX]$/.test(plain)) return false;
  const digits = digitsOf(plain.replace("X", "")).slice(0, 10);
  if (plain.endsWith("X")) digits.push(10);
  return digits.reduce((sum, digit, index) => sum + (index + 1) * digit, 0) % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const plain = text.replace(/[\s-]+/g, "");
  if (!/^\d{13}$/.test(plain)) return false;
  return digitsOf(plain).reduce((sum, digit, index) => sum + (index % 2 === 0 ? 1 : 3) * digit, 0) % 10 === 0;
}

const CARD =
  /^(4\d{12}(\d{3})?|5[1-5]\d{14}|6(011|5\d{2})\d{12}|3[47]\d{13}|3(0[0-5]|[68]\d)\d{11}|(2131|1800|35\d{3})\d{11})$/;

/** Known prefixes and the Luhn sum. */
function isCreditCard(text: string): boolean {
  const plain = text.replace(/\D+/g, "");
  if (!CARD.test(plain)) return false;
  const sum = digitsOf(plain)
    .toReversed()
    .reduce((total, digit, index) => {
      const weighed = index % 2 === 0 ? digit : digit * 2;
      return total + (weighed > 9 ? weighed - 9 : weighed);
    }, 0);
  return sum % 10 === 0;
}

const COLOUR = "\\s*([1-9]?\\d|1\\d\\d|2[0-4]\\d|25[0-5])\\s*";
const NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LONGEST_SHORT_NAME = 63;
const LONGEST_LONG_NAME = 253;

/** By name without dashes. */
const formats: Readonly<Record<string, Format>> = {
  bsonobjectid: pattern("a BSON object id: 24 hexadecimal digits", /^[0-9a-f]{24}$/i),
  uri: { form: "a URI or an absolute path", test: isRequestUri },
  email: pattern("an email address", EMAIL),
  hostname: { form: "a host name", test: isHostname },
  ipv4: { form: "an IPv4 address", test: (text) => text.includes(".") && isAddress(text) },
  ipv6: { form: "an IPv6 address", test: (text) => isIPv6(text) && !text.includes("%") },
  cidr: { form: "a range of addresses such as 10.0.0.0/8", test: isCidr },
  mac: { form: "a MAC address", test: isMac },
  uuid: pattern("a UUID", UUID("[0-9a-f]", "[0-9a-f]")),
  uuid3: pattern("a UUID of version 3", UUID("3", "[0-9a-f]")),
  uuid4: pattern("a UUID of version 4", UUID("4", "[89ab]")),
  uuid5: pattern("a UUID of version 5", UUID("5", "[89ab]")),
  isbn: { form: "an ISBN", test: (text) => isIsbn10(text) || isIsbn13(text) },
  isbn10: { form: "an ISBN of 10 digits", test: isIsbn10 },
  isbn13: { form: "an ISBN of 13 digits", test: isIsbn13 },
  creditcard: { form: "the number of a credit card", test: isCreditCard },
  ssn: { form: "a US social security number", test: (text) => /^\d{3}[- ]\d{2}[- ]\d{4}$/.test(text) },
  hexcolor: pattern("a colour such as #ff8800", /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  rgbcolor: pattern(
    "a colour such as rgb(255,128,0)",
    new RegExp(`^rgb\\(${COLOUR},${COLOUR},${COLOUR}\\)$`),
  ),
  byte: pattern("base64", /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  date: { form: "a date such as 2026-01-31", test: isDate },
  duration: { form: "a duration such as 1h30m", test: isDuration },
  datetime: { form: "a point in time such as 2026-01-31T12:00:00Z", test: isDateTime },
  k8sshortname: {
    form: "a DNS label",
    test: (text) => text.length <= LONGEST_SHORT_NAME && new RegExp(`^${NAME}$`).test(text),
  },
  k8slongname: {
    form: "a DNS name",
    test: (text) => text.length <= LONGEST_LONG_NAME && new RegExp(`^${NAME}(\\.${NAME})*$`).test(text),
  },
};

/** What the text should be, when it is not of a format that is known. */
export function formatError(format: string, text: string): string | undefined {
  const name = format.replaceAll("-", "");
  const known = Object.hasOwn(formats, name) ? formats[name] : undefined;
  return known === undefined || known.test(text) ? undefined : known.form;
}
