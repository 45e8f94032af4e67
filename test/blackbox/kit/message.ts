import type { Peer } from "./peer.ts";

/** A message as a plain reader sees it that shares no code with the proxy. */
export interface Message {
  /** Request line or status line. */
  readonly line: string;
  /** 0 for a request. */
  readonly status: number;
  /** In the order of the message, names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Without its framing. */
  readonly body: Buffer;
  /** Lines of the trailer section. */
  readonly trailers: readonly string[];
  readonly framing: "none" | "length" | "chunked" | "close";
}

/** Value of a field; repeated lines joined by `|`, so that a test sees that they are repeated. */
export function field(message: Message, name: string): string | undefined {
  const values = message.fields.filter(([other]) => other === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join("|");
}

/** Reads one message; `answered` is the method of the request when it is a response, otherwise `""`. */
export async function readMessage(peer: Peer, answered: string): Promise<Message> {
  const head = (await peer.takeUntil("\r\n\r\n")).slice(0, -4);
  const [line = "", ...lines] = head.split("\r\n");
  const fields = lines.map((text): [string, string] => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()];
  });
  const status = answered === "" ? 0 : Number(line.split(" ")[1]);
  const start = { line, status, fields, trailers: [] };
  if (answered === "HEAD" || (status > 0 && (status < 200 || status === 204 || status === 304))) {
    return { ...start, body: Buffer.alloc(0), framing: "none" };
  }
  const length = fields.find(([name]) => name === "content-length")?.[1];
  if (fields.some(([name]) => name === "transfer-encoding")) {
    return { ...start, ...(await readChunks(peer)), framing: "chunked" };
  }
  if (length !== undefined) return { ...start, body: await peer.take(Number(length)), framing: "length" };
  if (answered === "") return { ...start, body: Buffer.alloc(0), framing: "none" };
  return { ...start, body: await peer.takeAll(), framing: "close" };
}

async function readChunks(peer: Peer): Promise<{ body: Buffer; trailers: readonly string[] }> {
  const chunks: Buffer[] = [];
  for (;;) {
    const size = Number.parseInt(await peer.takeUntil("\r\n"), 16);
    if (size === 0) break;
    chunks.push(await peer.take(size));
    await peer.take(2);
  }
  const trailers: string[] = [];
  for (;;) {
    const line = await peer.takeUntil("\r\n");
    if (line === "\r\n") return { body: Buffer.concat(chunks), trailers };
    trailers.push(line.slice(0, -2));
  }
}
