import {
  requestsFor,
  usualConnections,
  usualWork,
  type CpuScenario,
  type MemoryScenario,
} from "./scenario.ts";

const baseline = "haproxy";
const relay = { wire: { relay: "tcp" } } as const;
const small = requestsFor(["/cart/7?page=2"]);

export const tcpPingPong: CpuScenario = {
  measures: "cpu",
  name: "tcp-ping-pong",
  title: `TCP relay: 150 bytes there, 300 back, one after another, ${usualConnections} connections`,
  work: { ...usualWork({ requests: small }), ...relay },
  baseline,
  wanted: 1,
};

export const tcpBulk: CpuScenario = {
  measures: "cpu",
  name: "tcp-bulk",
  title: "TCP relay: 1 MiB back for each question",
  work: { ...usualWork({ requests: requestsFor(["/files/1m"]), connections: 8 }), ...relay },
  baseline,
  wanted: 1,
};

export const tcpConnections: CpuScenario = {
  measures: "cpu",
  name: "tcp-connections",
  title: "TCP relay: a new connection, and so a new one to the backend, for each question",
  work: { ...usualWork({ requests: requestsFor(["/cart/7?page=2"], { close: true }) }), ...relay },
  baseline,
  wanted: 1,
};

export const tlsPassthrough: CpuScenario = {
  measures: "cpu",
  name: "tls-passthrough",
  title: "TLS passed through by server name: a new connection for each question, sessions resumed",
  work: {
    ...usualWork({ requests: requestsFor(["/cart/7?page=2"], { close: true }), connections: 16 }),
    wire: { relay: "tls" },
  },
  baseline,
  wanted: 1,
};

const idle = 1_000;
const more = 9_000;
/** Each relay is two descriptors. A process that may have 20,000 has no room for 10,000 relays. */
const processes = 2;

export const relayMemory: MemoryScenario = {
  measures: "memory",
  name: "relay-memory",
  title: `resident memory that ${idle.toLocaleString("en")} idle TCP relays add, each with two connections, and ${more.toLocaleString("en")} more, shared by ${processes} processes`,
  work: { ...usualWork({ requests: small }), ...relay },
  connections: idle,
  moreConnections: more,
  processes,
};
