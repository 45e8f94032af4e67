import { requestsFor, usualWork, type CpuScenario } from "./scenario.ts";

/** Together they move more than a subject can: no more are needed to keep it busy. */
export const bodyConnections = 8;

export const body1m: CpuScenario = {
  measures: "cpu",
  name: "body-1m",
  title: `GET, 1 MiB answer, ${bodyConnections} keep-alive connections`,
  work: usualWork({ connections: bodyConnections, requests: requestsFor(["/files/1m"]) }),
  wanted: 1.1,
};
