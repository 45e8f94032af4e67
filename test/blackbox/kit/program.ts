import type { ProgramChange } from "../../../src/program/change.ts";
import type {
  Backend,
  Certificate,
  Endpoint,
  L4Route,
  Listener,
  Route,
  Rule,
} from "../../../src/program/program.ts";

/** A listener of the one Gateway that scenes have. */
export function listener(address: string, port: number, more: Partial<Listener> = {}): Listener {
  return { key: "default/gateway/http", protocol: "HTTP", binds: [{ address, port }], hostname: "", ...more };
}

/** Everything under a path goes to a backend. */
export function rule(path: string, backend: string, more: Partial<Rule> = {}): Rule {
  return {
    matches: [{ path: { type: "PathPrefix", value: path }, headers: [], query: [] }],
    filters: [],
    destinations: [{ weight: 1, backend, filters: [] }],
    ...more,
  };
}

/** A route for all hostnames of the scene's listener. */
export function route(rules: readonly Rule[], name = "route"): Route {
  return {
    key: `HTTPRoute/default/${name}`,
    namespace: "default",
    name,
    created: 0,
    attachments: [{ listener: "default/gateway/http", hostnames: [""] }],
    rules,
  };
}

export function backend(key: string, ...endpoints: readonly Endpoint[]): Backend {
  return { key, endpoints: endpoints.map(({ host, port }) => ({ host, port })) };
}

/** What a test says of a change; what it leaves out stays as it is. */
export interface Edit {
  readonly listeners?: readonly Listener[];
  readonly routes?: readonly Route[];
  readonly l4Routes?: readonly L4Route[];
  readonly backends?: readonly Backend[];
  readonly certificates?: readonly Certificate[];
  readonly removedListeners?: readonly string[];
  readonly removedRoutes?: readonly string[];
  readonly removedL4Routes?: readonly string[];
  readonly removedBackends?: readonly string[];
  readonly removedCertificates?: readonly string[];
}

export function change(version: number, edit: Edit): ProgramChange {
  return {
    version,
    listeners: { set: edit.listeners ?? [], remove: edit.removedListeners ?? [] },
    routes: { set: edit.routes ?? [], remove: edit.removedRoutes ?? [] },
    l4Routes: { set: edit.l4Routes ?? [], remove: edit.removedL4Routes ?? [] },
    backends: { set: edit.backends ?? [], remove: edit.removedBackends ?? [] },
    certificates: { set: edit.certificates ?? [], remove: edit.removedCertificates ?? [] },
  };
}
