import { bodyConnections } from "./body-1m.ts";
import { requestsFor, usualWork, type CpuScenario } from "./scenario.ts";

export const upload1m: CpuScenario = {
  measures: "cpu",
  name: "upload-1m",
  title: `POST, 1 MiB body, ${bodyConnections} keep-alive connections`,
  work: {
    ...usualWork({
      connections: bodyConnections,
      requests: requestsFor(["/orders/12"], { method: "POST" }),
      bodyBytes: 1024 * 1024,
    }),
    upload: true,
  },
  wanted: 1.1,
};
