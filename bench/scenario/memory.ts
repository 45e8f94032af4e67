import { requestsFor, usualWork, type MemoryScenario } from "./scenario.ts";

const idle = 1_000;
const more = 3_000;

export const memory: MemoryScenario = {
  measures: "memory",
  name: "memory",
  title: `resident memory that ${idle.toLocaleString("en")} idle keep-alive client connections add, and ${more.toLocaleString("en")} more`,
  work: usualWork({ requests: requestsFor(["/cart/7?page=2", "/orders/12"]) }),
  connections: idle,
  moreConnections: more,
};
