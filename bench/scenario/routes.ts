import { randomOf } from "../statistics/statistics.ts";
import { mirrorPrefix, type RouteSetup } from "../subject/setup.ts";
import {
  againLabel,
  usualConnections,
  usualWork,
  type CpuScenario,
  type SizedWork,
  type Work,
} from "./scenario.ts";

const sizes = [10, 100, 1_000, 10_000];

/** Every route gets as many requests as every other, in an order without a pattern: the worst case for caches. */
function workOf(routes: readonly RouteSetup[]): Work {
  const random = randomOf(routes.length);
  const requests = routes.map(({ host, prefix }) => ({
    method: "GET",
    close: false,
    host,
    path: `${prefix}/7`,
  }));
  for (let i = requests.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [requests[i], requests[j]] = [requests[j]!, requests[i]!];
  }
  const mirror = { host: routes[0]!.host, prefix: mirrorPrefix };
  return { ...usualWork({ requests }), routes: [...routes, mirror] };
}

function sizedWork(shape: string, route: (i: number) => RouteSetup): readonly SizedWork[] {
  const label = (size: number) => `${size.toLocaleString("en")} ${shape}`;
  const works = sizes.map((size) => ({
    label: label(size),
    work: workOf(Array.from({ length: size }, (_, i) => route(i))),
    baseline: label(sizes[0]!),
  }));
  return [...works, { ...works[0]!, label: againLabel(label(sizes[0]!)) }];
}

export const routes: CpuScenario = {
  measures: "cpu",
  name: "routes",
  title: `as keepalive with ${usualConnections} connections, by number of routes; every route equally often, at random`,
  work: usualWork({ requests: [] }),
  sizes: [
    ...sizedWork("hosts", (i) => ({ host: `app-${i}.example.com`, prefix: "/cart" })),
    ...sizedWork("prefixes on one host", (i) => ({ host: "example.com", prefix: `/service-${i}` })),
  ],
};
