import type { Load, LoadRequest } from "../load/wrk.ts";
import { hosts, usualRoutes, type Edits, type RouteSetup } from "../subject/setup.ts";
import type { Subject } from "../subject/subject.ts";

export type Scenario = CpuScenario | MemoryScenario | RateScenario;

/** The proxy's CPU time per request. */
export interface CpuScenario {
  readonly measures: "cpu";
  readonly name: string;
  /** What is sent, and what is wanted of it: a line of the report. */
  readonly title: string;
  readonly work: Work;
  /** Gatewright is compared with itself at several sizes, instead of with its peers. */
  readonly sizes?: readonly SizedWork[];
  /** Largest ratio to the baseline that is wanted. */
  readonly wanted?: number;
  /** Peer that the others are compared with: nginx unless said. */
  readonly baseline?: string;
}

/** Resident memory per idle client connection. */
export interface MemoryScenario {
  readonly measures: "memory";
  readonly name: string;
  readonly title: string;
  readonly work: Work;
  readonly connections: number;
  /** On top: the first ones may live in memory that the process had to spare. */
  readonly moreConnections: number;
  /** Of each subject, which share the connections: where one may not have as many descriptors. 1 unless said. */
  readonly processes?: number;
}

/** How many datagrams a second go through with less than 1 % lost. */
export interface RateScenario {
  readonly measures: "rate";
  readonly name: string;
  readonly title: string;
  readonly work: Work;
  readonly load: { readonly flows: number; readonly bytes: number };
  /** Smallest ratio to the baseline that is wanted. */
  readonly wanted: number;
  readonly baseline: string;
}

export interface Work {
  readonly routes: readonly RouteSetup[];
  readonly edits?: Edits;
  readonly load: Load;
  /** The upstream has to read bodies. */
  readonly upload?: boolean;
  /** HTTP/1.1 without TLS unless said. */
  readonly wire?: WorkWire;
}

export interface WorkWire {
  /** Clients speak HTTP/2. */
  readonly http2?: boolean;
  /** Kind of the certificate's key. */
  readonly tls?: "rsa" | "ec";
  readonly upstream?: "http2" | "grpc";
  /** Connections are passed on as they come, those that begin with TLS by server name. The load speaks to the upstream itself. `udp`: datagrams, which the upstream sends back. */
  readonly relay?: "tcp" | "tls" | "udp";
}

export interface SizedWork {
  readonly label: string;
  readonly work: Work;
  /** Label of the size that this one is compared with. */
  readonly baseline: string;
}

/** One row of the table. */
export interface Contender {
  readonly label: string;
  readonly subject: Subject;
  readonly work: Work;
  readonly baseline: string;
}

/** Label of a second run of the same: how far its ratio to the first is from 1 is how far any other ratio may be off. */
export function againLabel(label = ""): string {
  return `${label} (again)`;
}

/** Enough to keep every subject busy without a queue of its own making. */
export const usualConnections = 32;

export function usualWork(load: Partial<Load> & Pick<Load, "requests">): Work {
  return { routes: usualRoutes, load: { connections: usualConnections, bodyBytes: 0, ...load } };
}

/** The same request on both hosts, under each of the paths. */
export function requestsFor(
  paths: readonly string[],
  options: Partial<LoadRequest> = {},
): readonly LoadRequest[] {
  return hosts.flatMap((host) =>
    paths.map((path) => ({ method: "GET", close: false, host, path, ...options })),
  );
}
