/** A small generator of pseudo-random numbers (mulberry32), so that a seed repeats a run. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

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
