const encoder = new TextEncoder();

/** A field value as it stands in a message: one character for each byte of its UTF-8. */
export function wireValue(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : String.fromCharCode(...encoder.encode(text));
}

/** A path that can stand in a request line or a Location as it is: no space, no query, no fragment. */
export function isPath(text: string): boolean {
  return /^[\x21\x22\x24-\x3e\x40-\x7e]*$/.test(text);
}
