// The upstream in Node: reads uploads to their end before it answers, and stands in where nginx is missing.
import { createServer } from "node:http";
import { fileBytes, isMirror, mirrorFields, poweredBy, smallBody } from "../load/backend.ts";

const file = Buffer.alloc(fileBytes, "x");

createServer({ keepAliveTimeout: 600_000 }, (incoming, outgoing) => {
  const url = incoming.url ?? "/";
  const body = isMirror(url)
    ? mirrorFields
        .map((name) => `${name} ${name === "uri" ? url : String(incoming.headers[name] ?? "")}\n`)
        .join("")
    : url.includes("/files/")
      ? file
      : smallBody;
  incoming.resume();
  incoming.once("end", () => {
    outgoing.writeHead(200, {
      "Content-Type": "text/plain",
      "Content-Length": body.length,
      [poweredBy.name]: poweredBy.value,
    });
    outgoing.end(body);
  });
}).listen(Number(process.argv[2]), "127.0.0.1");
