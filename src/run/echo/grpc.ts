import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { EchoPort } from "../overlay/played-services.ts";

export function isGrpc(request: Http2ServerRequest): boolean {
  return (request.headers["content-type"] ?? "").startsWith("application/grpc");
}

/**
 * Gives every message back, whatever it means, in a stream of whichever kind; metadata says who has answered. Fields that the answer's
 * type does not have are passed over by its readers.
 */
export function echoGrpc(
  { namespace, service }: EchoPort,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): void {
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  response.writeHead(200, {
    "content-type": "application/grpc",
    "x-echo-namespace": namespace,
    "x-echo-service": service,
  });
  response.addTrailers({ "grpc-status": "0" });
  request.pipe(response);
}
