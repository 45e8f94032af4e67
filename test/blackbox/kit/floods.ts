import {
  block,
  code,
  flag,
  frame,
  headers,
  request,
  reset,
  settings,
  type,
  uint32,
  windowUpdate,
} from "./http2-frames.ts";
import type { Http2Peer } from "./http2-peer.ts";

const get = request("GET", "/");
const slow = request("POST", "/slow");

export function repeat(count: number, make: (index: number) => Buffer): readonly Buffer[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** So often the same on streams 1, 3, 5 ... */
function onStreams(count: number, make: (stream: number) => readonly Buffer[]): readonly Buffer[] {
  return repeat(count, (at) => Buffer.concat(make(2 * at + 1)));
}

export interface TestFlood {
  readonly name: string;
  /** What it is counted as. */
  readonly kind: string;
  readonly frames: readonly Buffer[];
}

/** What costs its sender nothing and us something. Each begins on stream 1; nothing answers `/slow`. */
export const floods: readonly TestFlood[] = [
  {
    name: "rapid reset (CVE-2023-44487)",
    kind: "rapid-reset",
    frames: onStreams(1000, (id) => [headers(id, get, flag.endStream), reset(id, code.cancel)]),
  },
  {
    name: "RST_STREAM of what is over",
    kind: "rapid-reset",
    frames: [headers(1, get, flag.endStream), ...repeat(1000, () => reset(1, code.cancel))],
  },
  {
    name: "requests that we have to reset (CVE-2025-8671)",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [headers(id, slow), windowUpdate(id, 0)]),
  },
  {
    name: "the same by windows that overflow",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [headers(id, slow), windowUpdate(id, 2 ** 31 - 1)]),
  },
  {
    name: "the same by DATA after the end",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [headers(id, slow, flag.endStream), frame(type.data, 0, id, "x")]),
  },
  {
    name: "the same by HEADERS after the end",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [headers(id, slow, flag.endStream), headers(id, [], flag.endStream)]),
  },
  {
    name: "the same by trailers that end nothing",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [headers(id, slow), headers(id, [["x", "y"]])]),
  },
  {
    name: "the same by bodies that are too long",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [
      headers(id, [...slow, ["content-length", "1"]]),
      frame(type.data, 0, id, "xx"),
    ]),
  },
  {
    name: "the same by bodies that are too short",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [
      headers(id, [...slow, ["content-length", "9"]]),
      frame(type.data, flag.endStream, id, "xx"),
    ]),
  },
  {
    name: "malformed requests",
    kind: "forced-reset",
    frames: onStreams(1000, (id) => [headers(id, [["x", "y"]], flag.endStream)]),
  },
  {
    name: "more streams than there may be",
    kind: "refused-streams",
    frames: onStreams(1000, (id) => [headers(id, slow)]),
  },
  {
    name: "PING (CVE-2019-9512)",
    kind: "ping",
    frames: repeat(1000, () => frame(type.ping, 0, 0, "12345678")),
  },
  {
    name: "answers to no PING",
    kind: "ping",
    frames: repeat(1000, () => frame(type.ping, flag.ack, 0, "12345678")),
  },
  { name: "SETTINGS (CVE-2019-9515)", kind: "settings", frames: repeat(1000, () => settings()) },
  {
    name: "windows that shake",
    kind: "settings",
    frames: [headers(1, get), ...repeat(1000, (at) => settings([4, at % 2 === 0 ? 1 : 2 ** 31 - 1]))],
  },
  {
    name: "PRIORITY (CVE-2019-9513)",
    kind: "priority",
    frames: repeat(1000, (at) =>
      frame(type.priority, 0, 2 * at + 3, Buffer.concat([uint32(1), Buffer.from([9])])),
    ),
  },
  {
    name: "empty DATA (CVE-2019-9518)",
    kind: "empty-data",
    frames: [headers(1, slow), ...repeat(1000, () => frame(type.data, 0, 1))],
  },
  {
    name: "tiny WINDOW_UPDATE of the connection",
    kind: "window-update",
    frames: repeat(2000, () => windowUpdate(0, 1)),
  },
  {
    name: "tiny WINDOW_UPDATE of a stream",
    kind: "window-update",
    frames: [headers(1, slow), ...repeat(2000, () => windowUpdate(1, 1))],
  },
  {
    name: "frames of types that nobody knows",
    kind: "unknown-frames",
    frames: repeat(1000, () => frame(0x42, 0, 0, "x")),
  },
  {
    name: "GOAWAY",
    kind: "goaway",
    frames: [headers(1, slow), ...repeat(1000, () => frame(type.goaway, 0, 0, Buffer.alloc(8)))],
  },
  {
    name: "empty CONTINUATION (CVE-2024-27316)",
    kind: "continuation",
    frames: [frame(type.headers, 0, 1, block(get)), ...repeat(1000, () => frame(type.continuation, 0, 1))],
  },
  {
    name: "CONTINUATION without end",
    kind: "header-block",
    frames: [
      frame(type.headers, 0, 1, block(get)),
      ...repeat(12, () => frame(type.continuation, 0, 1, block([["x", "y".repeat(9000)]]))),
    ],
  },
];

/** Asks the same on stream after stream and reads nothing, until the connection is cut. @param head As `request` makes it. */
export async function askUntilCut(client: Http2Peer, head: ReturnType<typeof request>): Promise<void> {
  const { socket } = client.peer;
  socket.pause();
  const many = Array.from({ length: 1000 }, () => headers(0, head, flag.endStream));
  let stream = 1;
  let gone = false;
  socket.once("close", () => (gone = true));
  while (!gone) {
    for (const bytes of many) {
      bytes.writeUInt32BE(stream, 5);
      stream += 2;
    }
    client.send(...many);
    await new Promise(setImmediate);
  }
}
