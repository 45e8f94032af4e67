import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Head } from "../../wire/http1/head.ts";
import { tokenLength } from "./session-tokens.ts";
import { maxTokens, tokensOfCookies, tokensOfField } from "./session-value.ts";

function headOf(...lines: readonly string[]): Head {
  const text = `${["GET / HTTP/1.1", "Host: a", ...lines].join("\r\n")}\r\n\r\n`;
  const head = new Head();
  assert.equal(head.parseRequest(text, text.length), undefined);
  return head;
}

const base64url = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];
const token = fc.string({
  unit: fc.constantFrom(...base64url),
  minLength: tokenLength,
  maxLength: tokenLength,
});
const otherCookie = fc
  .stringMatching(/^[a-z]{1,8}=[!#-+\--:<-[\]-~]{0,60}$/)
  .filter((pair) => !pair.startsWith("sid="));

test("tokens are found whatever other cookies there are, in their order", () => {
  const cookies = fc.array(
    fc.oneof(
      otherCookie,
      token.map((text) => `sid=${text}`),
    ),
    { maxLength: maxTokens },
  );
  fc.assert(
    fc.property(fc.array(cookies, { maxLength: 3 }), (lines) => {
      const head = headOf(
        ...lines.filter((line) => line.length > 0).map((line) => `Cookie: ${line.join("; ")}`),
      );
      const expected = lines
        .flat()
        .filter((pair) => pair.startsWith("sid="))
        .map((pair) => pair.slice(4));
      assert.deepEqual(tokensOfCookies(head, "sid"), expected.slice(0, maxTokens));
    }),
  );
});

test("one value may hold several, and no request has more than the most", () => {
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: 3 * maxTokens }), (tokens) => {
      const value = tokens.join(".");
      const expected = tokens.slice(0, maxTokens);
      assert.deepEqual(tokensOfField(headOf(`X-Session: ${value}`), "x-session"), expected);
      assert.deepEqual(tokensOfCookies(headOf(`Cookie: sid="${value}"`), "sid"), expected);
    }),
  );
});

test("what is no token is passed over", () => {
  const good = "A".repeat(tokenLength);
  for (const value of ["", ".", good.slice(1), `${good}A`, `${good.slice(1)}!`, `x.${good}x`])
    assert.deepEqual(tokensOfField(headOf(`X-Session: ${value}`), "x-session"), []);
  assert.deepEqual(tokensOfField(headOf(`X-Session: x.${good}.`), "x-session"), [good]);
});
