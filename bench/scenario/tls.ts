import { requestsFor, usualConnections, usualWork, type CpuScenario } from "./scenario.ts";

export const tlsKeepalive: CpuScenario = {
  measures: "cpu",
  name: "tls-keepalive",
  title: `HTTPS (HTTP/1.1, ECDSA): GET, 128-byte answer, ${usualConnections} keep-alive connections`,
  work: { ...usualWork({ requests: requestsFor(["/cart/7?page=2", "/orders/12"]) }), wire: { tls: "ec" } },
  wanted: 1.1,
};

const fresh = { requests: requestsFor(["/cart/7?page=2"], { close: true }).slice(0, 1), connections: 16 };
const full = usualWork({ ...fresh, handshakes: true });
const resumed = usualWork(fresh);

export const handshakesEcdsa: CpuScenario = {
  measures: "cpu",
  name: "handshakes-ecdsa",
  title: "HTTPS, a new connection with a full handshake for every request, ECDSA P-256",
  work: { ...full, wire: { tls: "ec" } },
  wanted: 1,
};

export const handshakesRsa: CpuScenario = {
  measures: "cpu",
  name: "handshakes-rsa",
  title: "HTTPS, a new connection with a full handshake for every request, RSA 2048",
  work: { ...full, wire: { tls: "rsa" } },
  wanted: 1,
};

export const handshakesResumed: CpuScenario = {
  measures: "cpu",
  name: "handshakes-resumed",
  title: "HTTPS, a new connection with a resumed session for every request, ECDSA P-256",
  work: { ...resumed, wire: { tls: "ec" } },
  wanted: 1,
};
