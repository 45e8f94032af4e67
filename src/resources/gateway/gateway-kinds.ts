import { backendTLSPolicy } from "./backend-tls-policy.ts";
import { gatewayClass } from "./gateway-class.ts";
import { gateway } from "./gateway.ts";
import { grpcRoute } from "./grpc-route.ts";
import { httpRoute } from "./http-route.ts";
import { inferencePool } from "../inference/inference-pool.ts";
import { listenerSet } from "./listener-set.ts";
import { serviceImport } from "../multicluster/service-import.ts";
import { referenceGrant } from "./reference-grant.ts";
import { tcpRoute } from "./tcp-route.ts";
import { tlsRoute } from "./tls-route.ts";
import { udpRoute } from "./udp-route.ts";
import { xBackend } from "./x-backend.ts";
import { xBackendTrafficPolicy } from "./x-backend-traffic-policy.ts";
import { xMesh } from "./x-mesh.ts";
import { xTelemetryPolicy } from "./x-telemetry-policy.ts";
import type { Kind } from "../kind.ts";

/** The Gateway API v1.7.0 with its experimental channel, and the kinds of others that routes send requests to. */
export const gatewayKinds: readonly Kind[] = [
  gatewayClass,
  gateway,
  listenerSet,
  httpRoute,
  grpcRoute,
  tlsRoute,
  tcpRoute,
  udpRoute,
  referenceGrant,
  backendTLSPolicy,
  xBackend,
  xBackendTrafficPolicy,
  xMesh,
  xTelemetryPolicy,
  inferencePool,
  serviceImport,
];
