import { body1m } from "./body-1m.ts";
import { connections } from "./connections.ts";
import { filters } from "./filters.ts";
import { grpcStreams, grpcUnary, http2ToHttp1, http2ToHttp2 } from "./http2.ts";
import { keepalive } from "./keepalive.ts";
import { relayMemory, tcpBulk, tcpConnections, tcpPingPong, tlsPassthrough } from "./relay.ts";
import { memory, memoryHttp2 } from "./memory.ts";
import { routes } from "./routes.ts";
import type { Scenario } from "./scenario.ts";
import { handshakesEcdsa, handshakesResumed, handshakesRsa, tlsKeepalive } from "./tls.ts";
import { udpLarge, udpRate, udpSmall } from "./udp.ts";
import { upload1m } from "./upload-1m.ts";

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [
  keepalive,
  body1m,
  upload1m,
  filters,
  connections,
  http2ToHttp1,
  http2ToHttp2,
  grpcUnary,
  grpcStreams,
  tlsKeepalive,
  handshakesEcdsa,
  handshakesRsa,
  handshakesResumed,
  tcpPingPong,
  tcpBulk,
  tcpConnections,
  tlsPassthrough,
  udpSmall,
  udpLarge,
  udpRate,
  routes,
  memory,
  relayMemory,
  memoryHttp2,
];
