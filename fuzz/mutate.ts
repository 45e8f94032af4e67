import type { Random } from "./random.ts";

/** What has split parsers before. */
const words = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  " ",
  "\t",
  "\0",
  ":",
  ",",
  ";",
  "=",
  '"',
  "0",
  "5",
  "a",
  "\x7f",
  "\xff",
  "chunked",
  "identity",
  "close",
  "keep-alive",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: b\r\n",
  "Connection: upgrade\r\nUpgrade: x\r\n",
  "Expect: 100-continue\r\n",
  "HTTP/1.1",
  "HTTP/1.0",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "0\r\n\r\n",
  "5\r\nhello\r\n",
  "ffffffffffff",
  "99999999999999999999",
  "x".repeat(5000),
];

/** Some pieces of the corpus behind each other, spoilt in a few places or in none. Latin1. */
export function mutate(random: Random, corpus: readonly string[]): string {
  let text = "";
  for (let count = 1 + random.below(3); count > 0; count--) text += random.pick(corpus);
  for (let count = random.below(4); count > 0; count--) {
    const at = random.below(text.length + 1);
    const size = random.below(8);
    switch (random.below(5)) {
      case 0:
        text = text.slice(0, at) + random.pick(words) + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + size);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(at, at + size) + text.slice(at);
        break;
      case 3:
        text = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
        break;
      default:
        text = text.slice(0, at) + random.pick(words) + text.slice(at + size);
    }
  }
  return text;
}
