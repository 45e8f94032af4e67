/** Character classes as tables over latin1 code units: one load per character. */
function table(accept: (code: number) => boolean): Uint8Array {
  const bits = new Uint8Array(256);
  for (let code = 0; code < 256; code++) if (accept(code)) bits[code] = 1;
  return bits;
}

const tokenSymbols = "!#$%&'*+-.^_`|~";

/** `tchar` of RFC 9110 section 5.6.2. */
export const isTokenChar = table(
  (code) =>
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    tokenSymbols.includes(String.fromCharCode(code)),
);

/** `field-vchar`, space and tab: what a field value is made of (RFC 9110 section 5.5). */
export const isValueChar = table((code) => code === 0x09 || (code >= 0x20 && code !== 0x7f));

/** Visible ASCII without `#`: a request target never holds a fragment (RFC 9112 section 3.2). */
export const isTargetChar = table((code) => code > 0x20 && code < 0x7f && code !== 0x23);

const hostSymbols = "-._~!$&'()*+,;=%";

/** `reg-name` of RFC 3986 section 3.2.2, percent-encoding included. */
export const isHostChar = table(
  (code) =>
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    hostSymbols.includes(String.fromCharCode(code)),
);

/** Value of a hexadecimal digit, or 255. */
export const hexValue = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  hexValue[text.charCodeAt(0)] = digit;
  hexValue[text.toUpperCase().charCodeAt(0)] = digit;
}

export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const COLON = 0x3a;
