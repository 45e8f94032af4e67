import { requestsFor, usualWork, type CpuScenario } from "./scenario.ts";

export const connections: CpuScenario = {
  measures: "cpu",
  name: "connections",
  title:
    "GET, 128-byte answer, a new client connection for every request (Connection: close), upstream connections pooled",
  work: usualWork({ requests: requestsFor(["/cart/7?page=2"], { close: true }) }),
};
