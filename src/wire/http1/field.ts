/** Fields that the codec or the proxy has to know; everything else is `other`. */
export const Field = {
  other: 0,
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  expect: 5,
  upgrade: 6,
  te: 7,
  trailer: 8,
  keepAlive: 9,
  proxyConnection: 10,
  forwardedFor: 11,
  forwardedProto: 12,
  forwardedHost: 13,
  requestId: 14,
  proxyAuthenticate: 15,
  proxyAuthorization: 16,
  forwarded: 17,
  realIp: 18,
} as const;

const names: readonly (readonly [string, number])[] = [
  ["host", Field.host],
  ["connection", Field.connection],
  ["content-length", Field.contentLength],
  ["transfer-encoding", Field.transferEncoding],
  ["expect", Field.expect],
  ["upgrade", Field.upgrade],
  ["te", Field.te],
  ["trailer", Field.trailer],
  ["keep-alive", Field.keepAlive],
  ["proxy-connection", Field.proxyConnection],
  ["x-forwarded-for", Field.forwardedFor],
  ["x-forwarded-proto", Field.forwardedProto],
  ["x-forwarded-host", Field.forwardedHost],
  ["x-request-id", Field.requestId],
  ["proxy-authenticate", Field.proxyAuthenticate],
  ["proxy-authorization", Field.proxyAuthorization],
  ["forwarded", Field.forwarded],
  ["x-real-ip", Field.realIp],
];

const maxKnownLength = 19;

/** Known names by length, so that most fields are told apart without a comparison. */
const byLength: readonly (readonly (readonly [string, number])[])[] = Array.from(
  { length: maxKnownLength + 1 },
  (_, length) => names.filter(([name]) => name.length === length),
);

/** The `Field` whose name stands at `text[start..end)`, in any case. */
export function fieldAt(text: string, start: number, end: number): number {
  const length = end - start;
  if (length > maxKnownLength) return Field.other;
  const candidates = byLength[length]!;
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i]!;
    if (equalsLower(text, start, candidate[0])) return candidate[1];
  }
  return Field.other;
}

/** Whether the token at `text[start..]` is `lower` (lower case, tokens only) in any case. */
export function equalsLower(text: string, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const code = text.charCodeAt(start + i);
    const wanted = lower.charCodeAt(i);
    if (code === wanted) continue;
    if (code < 0x41 || code > 0x5a || code + 0x20 !== wanted) return false;
  }
  return true;
}
