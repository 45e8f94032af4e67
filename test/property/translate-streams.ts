import * as fc from "fast-check";
import {
  allowedRoutes,
  filterBackend,
  gatewayApi,
  hostname,
  named,
  namespace,
  parentRefs,
  secretRef,
  seldom,
  serviceName,
} from "./translate-words.ts";

/** Listeners of TLS, TCP and UDP, and the routes for them. */

const certificateRefs = fc.array(secretRef, { minLength: 1, maxLength: 2 });

export const streamListener = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      protocol: fc.constant("TLS"),
      port: fc.constantFrom(443, 443, 8443, 80),
      hostname: fc.option(hostname, { nil: undefined }),
      allowedRoutes,
      tls: fc.oneof(
        fc.constant({ mode: "Passthrough" }),
        certificateRefs.map((refs) => ({ mode: "Terminate", certificateRefs: refs })),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      protocol: fc.constantFrom("TCP", "UDP"),
      port: fc.constantFrom(53, 80, 8080, 9000),
      allowedRoutes,
    }),
  },
);

const backendRef = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: serviceName,
      namespace: seldom(namespace),
      port: fc.constantFrom(80, 80, 81),
      weight: fc.constantFrom(0, 1, 5),
      kind: seldom(fc.constant("Bucket")),
    }),
  },
  { weight: 1, arbitrary: filterBackend },
);

const spec = fc.record({
  parentRefs,
  useDefaultGateways: seldom(fc.constant("All")),
  rules: fc.array(fc.record({ backendRefs: fc.array(backendRef, { minLength: 1, maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 1,
  }),
});

export const streamRoute = fc
  .record({
    kind: fc.constantFrom("TLSRoute", "TLSRoute", "TCPRoute", "UDPRoute"),
    metadata: named(fc.constantFrom("r1", "r2", "r3")),
    spec,
    hostnames: fc.uniqueArray(hostname, { minLength: 1, maxLength: 2 }),
  })
  .map(({ hostnames, spec: common, ...body }) => ({
    apiVersion: gatewayApi,
    ...body,
    spec: { ...common, ...(body.kind === "TLSRoute" && { hostnames }) },
  }));
