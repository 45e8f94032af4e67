import { requestsFor, usualWork, type CpuScenario } from "./scenario.ts";

export const filters: CpuScenario = {
  measures: "cpu",
  name: "filters",
  title:
    "as keepalive, and set, add and remove a field of every request and of every answer, rewrite every path",
  work: {
    ...usualWork({ requests: requestsFor(["/cart/7?page=2", "/orders/12"]) }),
    edits: {
      request: {
        set: { name: "X-Env", value: "production" },
        add: { name: "X-Tag", value: "bench" },
        remove: "X-Secret",
      },
      response: {
        set: { name: "X-Frame-Options", value: "DENY" },
        add: { name: "X-Served-By", value: "edge" },
        remove: "X-Powered-By",
      },
      pathPrefix: "/v2",
    },
  },
};
