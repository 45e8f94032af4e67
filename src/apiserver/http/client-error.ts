import type { Duplex } from "node:stream";
import type { Socket } from "node:net";

/** What is answered to bytes that are no request, by the code of Node's error. */
const answers: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
};

/**
 * Ends a connection whose request is too slow or no HTTP. One that was never used is no slow request: clients open some
 * for later, and one that goes down under their first request looks like a broken answer to them.
 *
 * @param unused Milliseconds that such a connection is kept from now on.
 */
export function endClient(error: Error & { readonly code?: string }, stream: Duplex, unused: number): void {
  // A TLS socket counts what it has deciphered.
  const socket = stream as Socket;
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && socket.bytesRead === 0) {
    const end = setTimeout(() => socket.bytesRead === 0 && socket.destroy(), unused);
    socket.once("close", () => clearTimeout(end));
    return;
  }
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${answers[error.code ?? ""] ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`, () =>
    socket.destroy(),
  );
}
