/**
 * Nanoseconds per route lookup, by number of routes and shape of the table: `node --expose-gc bench/match.ts`
 * (without the flag there are no bytes per route).
 * Every lookup gets fresh strings that were cut out of a head, as the proxy does it; lookups walk
 * through the table in random order. "uniform": every route alike, so a large table is out of the caches
 * and the figure is a multiple of the machine's memory latency; "popular": some routes get most requests.
 */
import type { Match, Route } from "../src/program/program.ts";
import { Router, type FieldView } from "../src/proxy/match/match.ts";

const SIZES = [10, 1_000, 100_000];
/** Requests that one round walks through; a power of two. */
const REQUESTS = 1 << 16;
const ROUNDS = 20;
/** Exponent of popularity: with 6, half of the requests go to 1.6 % of the routes, a fifth to 0.007 %. */
const POPULARITY = 6;
const ADDRESS = "127.0.0.1";
const PORT = 80;

interface Request {
  readonly host: string;
  readonly path: string;
  readonly header?: string;
}

interface Shape {
  readonly name: string;
  readonly route: (i: number) => { hostname: string; match: Match };
  /** The request that the i-th route is for. */
  readonly request: (i: number) => Request;
  readonly found: boolean;
}

const SHAPES: Shape[] = [
  {
    name: "distinct hosts",
    route: (i) => ({ hostname: `app-${i}.example.com`, match: prefix("/") }),
    request: (i) => ({ host: `app-${i}.example.com`, path: "/users/12?page=3" }),
    found: true,
  },
  {
    name: "wildcard hosts",
    route: (i) => ({ hostname: `*.team-${i}.example.com`, match: prefix("/") }),
    request: (i) => ({ host: `www.team-${i}.example.com:8080`, path: "/users/12?page=3" }),
    found: true,
  },
  {
    name: "prefixes on one host",
    route: (i) => ({ hostname: "example.com", match: prefix(`/api/service-${i}`) }),
    request: (i) => ({ host: "example.com", path: `/api/service-${i}/items/7?page=3` }),
    found: true,
  },
  {
    name: "exact paths on one host",
    route: (i) => ({
      hostname: "example.com",
      match: { ...prefix(`/api/${i}/items`), path: exact(`/api/${i}/items`) },
    }),
    request: (i) => ({ host: "example.com", path: `/api/${i}/items?page=3` }),
    found: true,
  },
  {
    name: "deep prefixes",
    route: (i) => ({
      hostname: "example.com",
      match: prefix(`/repos/owner-${i % 100}/repo-${i}/${"x/".repeat(i % 8)}y`),
    }),
    request: (i) => ({
      host: "example.com",
      path: `/repos/owner-${i % 100}/repo-${i}/${"x/".repeat(i % 8)}y/z`,
    }),
    found: true,
  },
  {
    name: "header variants",
    route: (i) => ({ hostname: "example.com", match: { ...prefix("/"), headers: [header(`tenant-${i}`)] } }),
    request: (i) => ({ host: "example.com", path: "/users/12?page=3", header: `tenant-${i}` }),
    found: true,
  },
  {
    name: "miss: unknown host",
    route: (i) => ({ hostname: `app-${i}.example.com`, match: prefix("/") }),
    request: (i) => ({ host: `app-${i}.example.org`, path: "/users/12?page=3" }),
    found: false,
  },
  {
    name: "miss: unknown path",
    route: (i) => ({ hostname: "example.com", match: prefix(`/api/service-${i}`) }),
    request: (i) => ({ host: "example.com", path: `/api/service-x${i}/items/7?page=3` }),
    found: false,
  },
];

function prefix(value: string): Match {
  return { path: { type: "PathPrefix", value }, headers: [], query: [] };
}

function exact(value: string): Match["path"] {
  return { type: "Exact", value };
}

function header(value: string): Match["headers"][number] {
  return { type: "Exact", name: "x-tenant", value };
}

function routeOf(shape: Shape, i: number): Route {
  const { hostname, match } = shape.route(i);
  return {
    key: `HTTPRoute/ns/route-${i}`,
    namespace: "ns",
    name: `route-${i}`,
    created: 1_750_000_000_000 + i,
    attachments: [{ listener: "ns/gw/http", hostnames: [hostname] }],
    rules: [
      {
        matches: [match],
        filters: [],
        destinations: [{ weight: 1, backend: `ns/service-${i}:80`, filters: [] }],
      },
    ],
  };
}

function routerOf(routes: Route[]): Router {
  const router = new Router();
  router.apply({
    version: 1,
    listeners: {
      set: [{ key: "ns/gw/http", protocol: "HTTP", binds: [{ address: ADDRESS, port: PORT }], hostname: "" }],
      remove: [],
    },
    routes: { set: routes, remove: [] },
    backends: { set: [], remove: [] },
    l4Routes: { set: [], remove: [] },
    certificates: { set: [], remove: [] },
  });
  return router;
}

/** Nanoseconds per call in the best round; the others were disturbed. */
function time(numbers: Int32Array, step: (i: number) => boolean): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    let right = 0;
    const start = process.hrtime.bigint();
    for (let i = 0; i < REQUESTS; i++) if (step(numbers[i]!)) right++;
    const nanoseconds = Number(process.hrtime.bigint() - start) / REQUESTS;
    if (right !== REQUESTS) throw new Error(`${REQUESTS - right} lookups went wrong`);
    if (nanoseconds < best) best = nanoseconds;
  }
  return best;
}

function measure(shape: Shape, size: number): Record<string, number> {
  const before = heapUsed();
  const routes = Array.from({ length: size }, (_, i) => routeOf(shape, i));
  const started = process.hrtime.bigint();
  const router = routerOf(routes);
  const built = Number(process.hrtime.bigint() - started);
  routes.length = 0;
  const bytes = heapUsed() - before;
  const bind = router.bind(ADDRESS, PORT)!;
  const cut = new CutRequest();
  const lookup = (i: number): boolean => {
    cut.read(shape.request(i));
    const match = bind.choose(cut.host)?.lookup(cut.host, "GET", cut.target, cut);
    return (match !== undefined) === shape.found;
  };
  const popular = choices(size, (u) => u ** POPULARITY);
  const uniform = choices(size, (u) => u);
  const [popularTime, uniformTime] = [popular, uniform].map((numbers) => {
    const cutting = time(numbers, (i) => cut.read(shape.request(i)));
    return time(numbers, lookup) - cutting;
  });
  return {
    "ns popular": popularTime!,
    "ns uniform": uniformTime!,
    "bytes/route": globalThis.gc === undefined || size < 1000 ? NaN : bytes / size,
    "ns/insert": built / size,
    "ns/edit": edits(router, shape, size),
  };
}

/** Routes that requests are for. `skew` maps even chances (0 to 1) to where in the table they fall. */
function choices(size: number, skew: (u: number) => number): Int32Array {
  return Int32Array.from({ length: REQUESTS }, () => {
    // Popular routes are not neighbours in memory.
    const rank = Math.floor(skew(Math.random()) * size);
    return (Math.imul(rank, 0x9e3779b1) >>> 0) % size;
  });
}

/** Cuts a request out of a head; this is timed alone and taken off. */
class CutRequest implements FieldView {
  host = "";
  target = "";
  private tenant = "";

  read({ host, path, header: value = "" }: Request): boolean {
    const head = Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Tenant: ${value}\r\n\r\n`,
      "latin1",
    ).toString("latin1");
    const hostAt = path.length + 21;
    this.target = head.slice(4, path.length + 4);
    this.host = head.slice(hostAt, hostAt + host.length);
    this.tenant = head.slice(hostAt + host.length + 12, -4);
    return this.host.charCodeAt(0) === host.charCodeAt(0);
  }

  get(lowerName: string): string | undefined {
    return lowerName === "x-tenant" ? this.tenant : undefined;
  }
}

/** Nanoseconds to replace one route among `size`. */
function edits(router: Router, shape: Shape, size: number): number {
  const times = 2_000;
  const routes = Array.from({ length: times }, () => routeOf(shape, Math.floor(Math.random() * size)));
  const start = process.hrtime.bigint();
  for (const route of routes) {
    router.apply({
      version: 1,
      listeners: { set: [], remove: [] },
      routes: { set: [route], remove: [] },
      backends: { set: [], remove: [] },
      l4Routes: { set: [], remove: [] },
      certificates: { set: [], remove: [] },
    });
  }
  return Number(process.hrtime.bigint() - start) / times;
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

for (const shape of SHAPES) {
  for (const size of SIZES) {
    const row = measure(shape, size);
    const cells = Object.entries(row).map(
      ([name, value]) => `${Number.isNaN(value) ? "-" : value.toFixed(0)} ${name}`,
    );
    console.log(
      [shape.name.padEnd(24), String(size).padStart(7), ...cells.map((cell) => cell.padStart(18))].join(" "),
    );
  }
}
