import assert from "node:assert/strict";
import { test } from "node:test";
import { formatError } from "./format.ts";

/** format → good ones, bad ones */
const cases: Readonly<Record<string, readonly [good: readonly string[], bad: readonly string[]]>> = {
  "date-time": [
    ["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.123+01:00", "2024-02-29T23:59:59Z"],
    [
      "2026-01-31",
      "2026-02-30T12:00:00Z",
      "2026-01-31T24:00:00Z",
      "2026-01-31T12:00:00",
      "2026-01-31T12:00:60Z",
      "",
    ],
  ],
  date: [
    ["2026-01-31", "2000-02-29"],
    ["2026-1-31", "1900-02-29", "2026-13-01", "2026-01-00", "x"],
  ],
  duration: [
    ["1h30m", "-1.5h", "0", "3 days", "22 ns", "1 Hour"],
    ["", "1", "h", "1 x", "99999999999999999999 s"],
  ],
  byte: [
    ["aGk=", "aGVsbG8h", "YQ=="],
    ["", "a", "aGk", "a-_=", "aGk=\n"],
  ],
  ipv4: [
    ["10.0.0.1", "010.0.0.1", "::ffff:1.2.3.4"],
    ["10.0.0", "256.0.0.1", "::1", "a"],
  ],
  ipv6: [
    ["::1", "2001:db8::1", "::ffff:1.2.3.4"],
    ["1.2.3.4", "fe80::1%eth0", ":::1"],
  ],
  cidr: [
    ["10.0.0.0/8", "2001:db8::/32"],
    ["10.0.0.0", "10.0.0.0/33", "::/129", "a/8", "10.0.0.0/8/8"],
  ],
  mac: [
    ["01:23:45:67:89:ab", "01-23-45-67-89-ab-cd-ef", "0123.4567.89ab"],
    ["01:23", "01:23:45:67:89-ab", "0123.4567"],
  ],
  uuid: [
    ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC999C0B4EF8BB6D6BB9BD380A11"],
    ["a0eebc99", ""],
  ],
  uuid3: [["a0eebc99-9c0b-3ef8-bb6d-6bb9bd380a11"], ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]],
  uuid4: [["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"], ["a0eebc99-9c0b-4ef8-cb6d-6bb9bd380a11"]],
  uuid5: [["a0eebc99-9c0b-5ef8-bb6d-6bb9bd380a11"], ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]],
  hostname: [
    ["a", "example.com", "a-b.example.com", "1.example.com", "ü.example"],
    ["", "a_b", "-a.com", "a.b1", "a..b"],
  ],
  email: [
    ["a@b.c", "A B <a@b.c>", '"a b"@c.d'],
    ["a", "@b", "a@", "a b@c.d"],
  ],
  uri: [
    ["https://a.example/b?c#d", "/a/b", "mailto:a@b", "*"],
    ["", "a/b", "http://a b/", "/%zz", "http://[::1"],
  ],
  isbn: [
    ["0321751043", "978-0321751041"],
    ["0321751044", "978-0321751042"],
  ],
  creditcard: [["4111-1111-1111-1111"], ["4111-1111-1111-1112", ""]],
  ssn: [["123-45-6789"], ["123456789"]],
  hexcolor: [
    ["#fff", "ABCDEF"],
    ["#ffff", "red"],
  ],
  rgbcolor: [["rgb(0, 128,255)"], ["rgb(0,0,256)", "rgb(0,0)"]],
  bsonobjectid: [["507f1f77bcf86cd799439011"], ["507f1f77"]],
  "k8s-short-name": [["a-b"], ["a.b", "A", "a".repeat(64)]],
  "k8s-long-name": [["a.b"], ["A.b", "a..b"]],
  password: [["", "anything"], []],
};

for (const [format, [good, bad]] of Object.entries(cases)) {
  test(`Format ${format}`, () => {
    for (const text of good) assert.equal(formatError(format, text), undefined, text);
    for (const text of bad) assert.equal(typeof formatError(format, text), "string", text);
  });
}

test("Formats that nobody knows have no effect", () => {
  for (const format of ["", "unheard", "constructor", "__proto__"])
    assert.equal(formatError(format, "a"), undefined);
});

test("Formats take linear time", () => {
  const long = "1".repeat(200_000);
  const started = performance.now();
  for (const format of Object.keys(cases)) {
    for (const text of [
      long,
      `${long} `,
      `${"a.".repeat(100_000)}!`,
      "a@".repeat(100_000),
      " ".repeat(200_000),
    ]) {
      formatError(format, text);
    }
  }
  assert.ok(performance.now() - started < 20_000);
});
