/** Bytes, of every listening socket: the same for all subjects. */
export const receiveBuffer = 4 * 1024 * 1024;

/** Precedes the generator's result. */
export const resultMark = "bench-result ";
