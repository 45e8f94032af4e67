/** Characters that a path or query may not hold as they are; the percent sign is taken for an escape. */
const NOT_IN_URI = /[^!$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]/;
const NOT_IN_HOST = /[^!$&'()*+,\-.0-9:;=A-Z[\]_a-z~%]/;

/** Percent-encodes what a URI cannot hold: controls, quotes, spaces, `#`, and bytes above ASCII. `bytes` is latin1. */
export function encodeForUri(bytes: string): string {
  if (!NOT_IN_URI.test(bytes)) return bytes;
  return bytes.replace(new RegExp(NOT_IN_URI, "g"), (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

/** A path that a user wrote, as it goes on the wire; it begins with a slash. */
export function encodePath(text: string): string {
  const path = encodeForUri(Buffer.from(text, "utf8").toString("latin1"));
  return path.startsWith("/") ? path : `/${path}`;
}

/** The host can stand in a URI without changing its meaning. */
export function isUriHost(host: string): boolean {
  return host !== "" && !NOT_IN_HOST.test(host);
}
