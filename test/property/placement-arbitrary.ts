import * as fc from "fast-check";
import { resourceKey } from "../../src/resources/resource.ts";
import type { ClusterPlace, Placement } from "../../src/translate/translate.ts";
import { gatewayName, namespace } from "./translate-words.ts";

const clusterPlace: fc.Arbitrary<ClusterPlace> = fc.record({
  address: fc.constant("10.0.0.1"),
  ports: fc.constantFrom({}, { "TCP 80": 20_080 }, { "TCP 80": 20_080, "TCP 443": 20_443 }),
  clusterIPs: fc.constantFrom([], ["10.96.0.7"], ["", "10.96.0.7"]),
});

/** Few addresses, so that Gateways compete. */
export const arbitraryPlacement: fc.Arbitrary<Placement> = fc
  .record({
    namespace,
    name: gatewayName,
    place: fc.option(
      fc.record({
        addresses: fc.uniqueArray(fc.constantFrom("127.0.0.1", "127.0.0.2"), { minLength: 1 }),
        portOffset: fc.constantFrom(0, 8000),
        cluster: fc.option(clusterPlace, { nil: undefined }),
      }),
      { nil: undefined, freq: 4 },
    ),
  })
  .map(({ namespace: inNamespace, name, place }) => {
    const gateway = resourceKey("Gateway", inNamespace, name);
    if (place === undefined) return { gateway };
    const { cluster, ...rest } = place;
    return { gateway, place: { ...rest, ...(cluster !== undefined && { cluster }) } };
  });
