import type { CpuScenario, RateScenario } from "./scenario.ts";

const flows = 100;
/** Datagrams that each flow has under way. */
const window = 4;

export const udpSmall = udp(64);
export const udpLarge = udp(1_400);

export const udpRate: RateScenario = {
  measures: "rate",
  name: "udp-rate",
  title: `UDP: most datagrams a second of 64 bytes of which less than 1 % does not come back, ${flows} flows, sent whatever comes back`,
  work: {
    routes: [],
    load: { connections: flows, bodyBytes: 64, requests: [] },
    wire: { relay: "udp" },
  },
  load: { flows, bytes: 64 },
  wanted: 1,
  baseline: "nginx",
};

function udp(bytes: number): CpuScenario {
  return {
    measures: "cpu",
    name: `udp-${bytes}`,
    title: `UDP: ${bytes} bytes there and back, ${flows} flows with ${window} datagrams under way each`,
    work: {
      routes: [],
      load: { connections: flows, streams: window, bodyBytes: bytes, requests: [] },
      wire: { relay: "udp" },
    },
    wanted: 1,
  };
}
