import { requestsFor, usualWork, type MemoryScenario } from "./scenario.ts";

const idle = 1_000;
const more = 3_000;

const counts = { connections: idle, moreConnections: more };
const added = `client connections add, and ${more.toLocaleString("en")} more`;
const paths = ["/cart/7?page=2", "/orders/12"];

export const memory: MemoryScenario = {
  measures: "memory",
  name: "memory",
  title: `resident memory that ${idle.toLocaleString("en")} idle keep-alive ${added}`,
  work: usualWork({ requests: requestsFor(paths) }),
  ...counts,
};

export const memoryHttp2: MemoryScenario = {
  measures: "memory",
  name: "memory-h2",
  title: `resident memory that ${idle.toLocaleString("en")} idle HTTP/2 (h2c) ${added}`,
  // The generator knows one host.
  work: {
    ...usualWork({ requests: requestsFor(paths).slice(0, paths.length), connections: 8 }),
    wire: { http2: true },
  },
  ...counts,
};
