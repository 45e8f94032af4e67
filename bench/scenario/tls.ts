import { requestsFor, usualConnections, usualWork, type CpuScenario } from "./scenario.ts";

export const tlsKeepalive: CpuScenario = {
  measures: "cpu",
  name: "tls-keepalive",
  title: `HTTPS (HTTP/1.1, ECDSA): GET, 128-byte answer, ${usualConnections} keep-alive connections`,
  work: { ...usualWork({ requests: requestsFor(["/cart/7?page=2", "/orders/12"]) }), wire: { tls: "ec" } },
  wanted: 1.1,
};

/** A whole handshake for every request. */
const handshakes = usualWork({ requests: requestsFor(["/cart/7?page=2"], { close: true }), connections: 16 });

export const handshakesEcdsa: CpuScenario = {
  measures: "cpu",
  name: "handshakes-ecdsa",
  title: "HTTPS, a new connection with a full handshake for every request, ECDSA P-256",
  work: { ...handshakes, wire: { tls: "ec" } },
  wanted: 1,
};

export const handshakesRsa: CpuScenario = {
  measures: "cpu",
  name: "handshakes-rsa",
  title: "HTTPS, a new connection with a full handshake for every request, RSA 2048",
  work: { ...handshakes, wire: { tls: "rsa" } },
  wanted: 1,
};
