import { hosts } from "../subject/setup.ts";
import { streamMessages, streamPath } from "../load/backend.ts";
import { streamsPerConnection } from "../load/h2load.ts";
import { usualWork, type CpuScenario } from "./scenario.ts";

const connections = 8;
const [host = ""] = hosts;
const requests = ["/cart/7?page=2", "/orders/12"].map((path) => ({
  method: "GET",
  host,
  path,
  close: false,
}));
const clients = `${connections} connections with ${streamsPerConnection} requests at once`;

/** An answer on HTTP/2 and its upstream side on HTTP/1.1: what most gateways do most. */
export const http2ToHttp1: CpuScenario = {
  measures: "cpu",
  name: "h2-h1",
  title: `HTTP/2 (h2c) to HTTP/1.1: GET, 128-byte answer, ${clients}`,
  work: { ...usualWork({ requests, connections }), wire: { http2: true } },
  baseline: "haproxy",
  wanted: 1,
};

export const http2ToHttp2: CpuScenario = {
  measures: "cpu",
  name: "h2-h2",
  title: `HTTP/2 (h2c) on both sides: GET, 128-byte answer, ${clients}`,
  work: { ...usualWork({ requests, connections }), wire: { http2: true, upstream: "http2" } },
  baseline: "haproxy",
};

/** Five bytes before the message: not compressed, its length. */
const message = Buffer.concat([Buffer.from([0, 0, 0, 0, 32]), Buffer.alloc(32, "x")]);

/** Fields of a gRPC request. */
const grpcFields = ["content-type: application/grpc", "te: trailers"];

export const grpcUnary: CpuScenario = {
  measures: "cpu",
  name: "grpc-unary",
  title: `gRPC unary over h2c: 32-byte messages, ${clients}`,
  work: {
    ...usualWork({
      requests: [{ method: "POST", host, path: "/cart/Get", close: false }],
      connections,
      body: message,
      fields: grpcFields,
    }),
    wire: { http2: true, upstream: "grpc" },
  },
  baseline: "haproxy",
  wanted: 1,
};

/** Each message is a DATA frame of its own, and the next follows when all streams have had theirs: what a proxy sees of live streams. */
export const grpcStreams: CpuScenario = {
  measures: "cpu",
  name: "grpc-streams",
  title: `gRPC server streaming over h2c: ${streamMessages} messages of 32 bytes for each request, ${clients}`,
  work: {
    ...usualWork({
      requests: [{ method: "POST", host, path: `/cart${streamPath}`, close: false }],
      connections,
      body: message,
      fields: grpcFields,
    }),
    wire: { http2: true, upstream: "grpc" },
  },
  baseline: "haproxy",
  wanted: 1,
};
