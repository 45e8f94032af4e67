import * as fc from "fast-check";

/** What has split parsers before: white space, line ends, signs, digits of other alphabets, tokens that are not quite. */
const nasty = [
  " ",
  "\t",
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\x0b",
  "\x0c",
  "\x7f",
  "\x85",
  "\xa0",
  "\xff",
  ":",
  ",",
  ";",
  "=",
  '"',
  "\\",
  "/",
  "?",
  "#",
  "%",
  "@",
  "[",
  "]",
  "+",
  "-",
  "0",
  "1",
  "x",
  "_",
  ".",
  "chunked",
  "Content-Length",
  "Transfer-Encoding",
];

const methods = fc.constantFrom(
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "HEAD",
  "PATCH",
  "get",
  "CONNECT",
  "G E",
  "",
);

const targets = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("/", "/a", "/a?b=c", "//", "/%00", "/a;b", "*", "http://a/b", "http://a", "a"),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...nasty, "a"), { maxLength: 4 })
      .map((parts) => `/${parts.join("")}`),
  },
);

const versions = fc.oneof(
  { weight: 8, arbitrary: fc.constant("HTTP/1.1") },
  { weight: 2, arbitrary: fc.constant("HTTP/1.0") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "HTTP/1.2",
      "HTTP/2.0",
      "HTTP/0.9",
      "http/1.1",
      "HTTP/1.10",
      "HTTP/01.1",
      "HTTP/1",
      "",
    ),
  },
);

const lineEnds = fc.oneof(
  { weight: 40, arbitrary: fc.constant("\r\n") },
  { weight: 1, arbitrary: fc.constantFrom("\n", "\r", "\r\r\n", "\n\r", "", "\r\n ", "\r\n\t", " \r\n") },
);

const colons = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(":", ": ", ":\t", ":  ") },
  { weight: 1, arbitrary: fc.constantFrom(" :", "\t:", "", "::", " ", ":\x0b", ":\0") },
);

const lengths = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "+5",
      "-5",
      "0x5",
      "05",
      "5 ",
      "5,5",
      "5, 5",
      "",
      "5 5",
      "5_0",
      "1e1",
      "\xb2",
      "99999999999999999999",
      "18446744073709551621",
    ),
  },
);

const encodings = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("chunked", "Chunked") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "identity",
      "gzip, chunked",
      "chunked, chunked",
      "chunked,",
      ",chunked",
      "xchunked",
      "chunked;a",
      "chunked\t",
      "\x0bchunked",
      "",
      "chunked identity",
      '"chunked"',
    ),
  },
);

const fieldNames = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("Accept", "X-A", "x-a", "Cookie", "A", "Content-Lengthy", "Content_Length"),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...nasty, "a"), { maxLength: 3 }).map((parts) => parts.join("")),
  },
);

const fieldValues = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("", "a", "a b", " a ", "a,b", "\xe9", '"a\tb"') },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...nasty, "a"), { maxLength: 4 }).map((parts) => parts.join("")),
  },
);

type Field = readonly [name: string, colon: string, value: string, end: string];

function field(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<Field> {
  return fc.tuple(name, colons, value, lineEnds);
}

const contentLength = field(fc.constantFrom("Content-Length", "content-length"), lengths);
const transferEncoding = field(fc.constantFrom("Transfer-Encoding", "transfer-encoding"), encodings);
const anyField = fc.oneof(
  { weight: 3, arbitrary: field(fieldNames, fieldValues) },
  { weight: 3, arbitrary: contentLength },
  { weight: 3, arbitrary: transferEncoding },
  {
    weight: 1,
    arbitrary: field(fc.constant("Connection"), fc.constantFrom("close", "keep-alive", "x", "close, x")),
  },
  { weight: 1, arbitrary: field(fc.constant("Host"), fc.constantFrom("a", "b", "", "a b")) },
);

const hosts = fc.oneof(
  { weight: 9, arbitrary: fc.constant<readonly Field[]>([["Host", ": ", "a", "\r\n"]]) },
  { weight: 1, arbitrary: fc.constant<readonly Field[]>([]) },
);

const chunkSizes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("5", "05", "a", "A", "1") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "",
      "+5",
      "-5",
      "0x5",
      "5 ",
      " 5",
      "5\t",
      "g",
      "5_",
      "ffffffffffffffff",
      "10000000000000005",
    ),
  },
);

const extensions = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.constantFrom(";a", ";a=b", ';a="b"', ";", " ;a", ";a\n", ";\r", ";a=\0") },
);

const chunk = fc
  .tuple(
    chunkSizes,
    extensions,
    lineEnds,
    fc.constantFrom("exact", "exact", "exact", "exact", "more", "less"),
    lineEnds,
  )
  .map(([size, extension, end, fit, after]) => {
    const length = Number.parseInt(size, 16);
    const count = Math.max(
      0,
      Math.min(20, Number.isNaN(length) ? 5 : length) + (fit === "more" ? 1 : fit === "less" ? -1 : 0),
    );
    return `${size}${extension}${end}${"z".repeat(count)}${after}`;
  });

const trailers = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: field(fieldNames, fieldValues).map((parts) => parts.join("")) },
);

const chunkedBody = fc
  .tuple(fc.array(chunk, { maxLength: 3 }), fc.constantFrom("0", "0", "00", ""), lineEnds, trailers, lineEnds)
  .map(([chunks, last, end, trailer, close]) => chunks.join("") + last + end + trailer + close);

const bodies = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }).map((size) => "y".repeat(size)) },
  { weight: 4, arbitrary: chunkedBody },
);

function text(fields: readonly Field[]): string {
  return fields.map((parts) => parts.join("")).join("");
}

const request = fc
  .tuple(methods, targets, versions, lineEnds, hosts, fc.array(anyField, { maxLength: 4 }), lineEnds, bodies)
  .map(([method, target, version, end, host, fields, close, body]) => {
    return `${method} ${target} ${version}${end}${text([...host, ...fields])}${close}${body}`;
  });

/** A message that is mostly right, with the body that one of its framing fields announces. */
const tidyRequest = fc
  .tuple(
    fc.constantFrom("GET", "POST"),
    targets,
    fc.array(field(fieldNames, fieldValues), { maxLength: 2 }),
    fc.oneof(
      fc.constant(""),
      fc.integer({ min: 0, max: 12 }).map((size) => `Content-Length: ${size}\r\n\r\n${"y".repeat(size)}`),
      chunkedBody.map((body) => `Transfer-Encoding: chunked\r\n\r\n${body}`),
    ),
  )
  .map(
    ([method, target, fields, rest]) =>
      `${method} ${target} HTTP/1.1\r\nHost: a\r\n${text(fields)}${rest === "" ? "\r\n" : rest}`,
  );

/** Something of the nasty list put into the bytes, a byte taken away, or doubled. */
function spoilt(source: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(source, fc.nat(), fc.constantFrom(...nasty), fc.constantFrom("put", "take", "double", "replace"))
    .map(([bytes, place, what, how]) => {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      if (how === "put") return bytes.slice(0, at) + what + bytes.slice(at);
      if (how === "take") return bytes.slice(0, at) + bytes.slice(at + 1);
      if (how === "double") return bytes.slice(0, at) + bytes.charAt(at) + bytes.slice(at);
      return bytes.slice(0, at) + what + bytes.slice(at + 1);
    });
}

/** One or more requests behind each other. */
export const requests: fc.Arbitrary<string> = fc
  .array(fc.oneof(request, tidyRequest, spoilt(tidyRequest), tidyRequest), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(""));

const statuses = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("200", "404", "204", "304", "500") },
  { weight: 1, arbitrary: fc.constantFrom("20", "2000", "099", "abc", "", "2 0", "999", "+20") },
);

const reasons = fc.constantFrom(" OK", " ", "", " \xe9", " a\tb", "OK", " \0");

const response = fc
  .tuple(versions, statuses, reasons, lineEnds, fc.array(anyField, { maxLength: 3 }), lineEnds, bodies)
  .map(
    ([version, status, reason, end, fields, close, body]) =>
      `${version} ${status}${reason}${end}${text(fields)}${close}${body}`,
  );

const tidyResponse = fc
  .tuple(
    fc.array(field(fieldNames, fieldValues), { maxLength: 2 }),
    fc.oneof(
      bodies.map((body) => `\r\n${body}`),
      fc.integer({ min: 0, max: 12 }).map((size) => `Content-Length: ${size}\r\n\r\n${"y".repeat(size)}`),
      chunkedBody.map((body) => `Transfer-Encoding: chunked\r\n\r\n${body}`),
    ),
  )
  .map(([fields, rest]) => `HTTP/1.1 200 OK\r\n${text(fields)}${rest}`);

/** An answer, sometimes with interim answers before it. */
export const responses: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      "",
      "",
      "",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
    ),
    fc.oneof(response, tidyResponse, spoilt(tidyResponse)),
  )
  .map(([interim, final]) => interim + final);
