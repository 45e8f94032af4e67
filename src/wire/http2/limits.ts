/** Streams that a peer may have open at once on one connection. */
export const maxStreams = 128;

/**
 * Bytes of DATA that a peer may send on a stream before we have passed on any. A stream whose bytes are passed on at once gets the
 * larger window, which a path of 100 ms fills at 80 Mbit/s.
 */
export const streamWindow = 65_535;
export const largeStreamWindow = 1024 * 1024;

/** The same for all streams of a connection together. It bounds what one peer can make us hold. */
export const connectionWindow = 4 * 1024 * 1024;

/** Bytes of a header block as it comes, and of its fields as RFC 7541 section 4.1 counts them. */
export const maxBlockBytes = 64 * 1024;
export const maxFieldListBytes = 64 * 1024;
/** HEADERS and CONTINUATION frames of one block (CVE-2024-27316 and its kin). */
export const maxBlockFrames = 16;

/** Bytes of the table that the peer's header blocks may refer to: what it has before we say anything. */
export const headerTableBytes = 4096;

/** Frames up to this size are joined with others into one text. */
export const maxJoinedBytes = 16 * 1024;

/** Answers before the answer (1xx) to one request. */
export const maxInformational = 32;

/** Streams that were reset by us and may still have frames on their way. */
export const maxRemembered = 4 * maxStreams;
