import { requestsFor, usualConnections, usualWork, type CpuScenario } from "./scenario.ts";

export const keepalive: CpuScenario = {
  measures: "cpu",
  name: "keepalive",
  title: `GET, 128-byte answer, ${usualConnections} keep-alive connections, two hosts, path prefixes, forwarded fields`,
  work: usualWork({ requests: requestsFor(["/cart/7?page=2", "/orders/12"]) }),
  wanted: 1.1,
};
