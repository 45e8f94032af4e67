import type { CpuScenario } from "./scenario.ts";

const flows = 100;
/** Datagrams that each flow has under way. */
const window = 4;

export const udpSmall = udp(64);
export const udpLarge = udp(1_400);

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
