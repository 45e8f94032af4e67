// The upstream that speaks HTTP/2 by prior knowledge: the same answers as the others give, and gRPC.
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { isMirror, mirrorFields, poweredBy, smallBody, streamMessages, streamPath } from "../load/backend.ts";

/** A message of gRPC: not compressed, its length, and so many bytes. */
const reply = Buffer.concat([Buffer.from([0, 0, 0, 0, 32]), Buffer.alloc(32, "x")]);

const server = createServer({ settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024 } });
server.on("stream", (stream: ServerHttp2Stream, headers) => {
  stream.on("error", () => undefined);
  stream.resume();
  if (headers["content-type"] === "application/grpc")
    answerGrpc(stream, headers[":path"]?.endsWith(streamPath) === true ? streamMessages : 1);
  else {
    const url = headers[":path"] ?? "/";
    const body = isMirror(url)
      ? mirrorFields.map((name) => `${name} ${valueOf(name, headers)}\n`).join("")
      : smallBody;
    stream.respond({
      ":status": 200,
      "content-type": "text/plain",
      "content-length": body.length,
      [poweredBy.name]: poweredBy.value,
    });
    stream.end(body);
  }
});
server.listen(Number(process.argv[2]), "127.0.0.1");

/** The message comes after the request's, as a server that looks at it would do. */
function answerGrpc(stream: ServerHttp2Stream, messages: number): void {
  stream.once("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    sendReplies(stream, messages);
  });
}

/** One in each turn of the event loop. */
function sendReplies(stream: ServerHttp2Stream, messages: number): void {
  if (stream.destroyed) return;
  if (messages === 1) {
    stream.end(reply);
    return;
  }
  stream.write(reply);
  setImmediate(() => sendReplies(stream, messages - 1));
}

/** nginx names the host in a field. */
function valueOf(name: string, headers: IncomingHttpHeaders): string {
  if (name === "host") return headers[":authority"] ?? headers.host ?? "";
  return String(headers[name === "uri" ? ":path" : name] ?? "");
}
