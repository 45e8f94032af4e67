/** Frames and header blocks of HTTP/2 as a test writes them, right or wrong; shares no code with the proxy. */

export const type = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

export const flag = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

export const code = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refused: 7,
  cancel: 8,
  compression: 9,
  calm: 11,
} as const;

export const preface: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export type Field = readonly [name: string, value: string];

export function frame(kind: number, flags: number, stream: number, payload: string | Buffer = ""): Buffer {
  const bytes = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
  const header = Buffer.alloc(9);
  header.writeUIntBE(bytes.length, 0, 3);
  header[3] = kind;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function settings(...pairs: readonly (readonly [setting: number, value: number])[]): Buffer {
  const payload = pairs.map(([setting, value]) =>
    Buffer.concat([Buffer.from([setting >> 8, setting & 0xff]), uint32(value)]),
  );
  return frame(type.settings, 0, 0, Buffer.concat(payload));
}

export function reset(stream: number, error: number): Buffer {
  return frame(type.reset, 0, stream, uint32(error));
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  return frame(type.window, 0, stream, uint32(bytes));
}

export function goaway(last: number, error: number): Buffer {
  return frame(type.goaway, 0, 0, Buffer.concat([uint32(last), uint32(error)]));
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** Literals that no table keeps and nothing compresses. */
export function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([name, value]) => Buffer.concat([Buffer.from([0]), string(name), string(value)])),
  );
}

/** A whole block in one frame. */
export function headers(stream: number, fields: readonly Field[], flags = 0): Buffer {
  return frame(type.headers, flag.endHeaders | flags, stream, block(fields));
}

/** The four fields of a request, and others behind them. */
export function request(method: string, path: string, ...more: readonly Field[]): readonly Field[] {
  return [[":method", method], [":scheme", "http"], [":path", path], [":authority", "a"], ...more];
}
