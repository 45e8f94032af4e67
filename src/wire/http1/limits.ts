/** Bytes of a request line or status line. More is answered with 414. 8 KiB is what RFC 9112 section 3 asks for at least. */
export const maxLineBytes = 8 * 1024;

/** Bytes of a head with its last empty line. More is answered with 431. */
export const maxHeadBytes = 64 * 1024;

/** Field lines of a head. More is answered with 431. */
export const maxFields = 100;

/** Bytes of one chunk's extensions: nobody uses them, but they could make a body of one-byte chunks huge. */
export const maxChunkExtensionBytes = 256;

/** Bytes of all trailer lines of a message. */
export const maxTrailerBytes = 8 * 1024;
