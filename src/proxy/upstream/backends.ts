import type { KeyObject } from "node:crypto";
import type { ProgramChange } from "../../program/change.ts";
import type {
  Backend,
  Certificate,
  Endpoint as Place,
  RetryBudget as Limits,
  SessionPersistence as Persistence,
} from "../../program/program.ts";
import { canPersist, SessionPersistence } from "../balance/session-persistence.ts";
import { RetryBudget } from "./retry-budget.ts";
import { EndpointTls } from "./endpoint-tls.ts";
import { Endpoint, type EndpointProtocol } from "./endpoint.ts";

/** A copy of a request, which nobody waits for. */
export interface RequestCopy {
  giveUp(): void;
}

/** The endpoints of one backend, as routes hold on to them: an edit changes the list, not the object. */
export class BackendEndpoints {
  endpoints: readonly Endpoint[] = [];
  /** How bodies of requests are to be given. */
  takes: "framed" | "plain" = "framed";
  /** Version of the PROXY header that its connections begin with. */
  proxyProtocol: Backend["proxyProtocol"];
  budget: RetryBudget | undefined;
  persistence: SessionPersistence | undefined;
  /** Copies of requests that are on their way here. */
  readonly copies = new Set<RequestCopy>();
  private limits: Limits | undefined;
  private wanted: Persistence | undefined;
  private turn = Math.floor(Math.random() * 1024);

  /** What was counted so far counts on, unless the limits are others. */
  setBudget(limits: Limits | undefined): void {
    if (JSON.stringify(limits) === JSON.stringify(this.limits)) return;
    this.limits = limits;
    this.budget = limits === undefined ? undefined : new RetryBudget(limits);
  }

  /** To be called with every list of endpoints. @param key Of `sessionKey`. */
  setPersistence({ key: name, persistence: wanted }: Backend, key: KeyObject): void {
    if (JSON.stringify(wanted) !== JSON.stringify(this.wanted)) {
      this.wanted = wanted;
      this.persistence =
        wanted !== undefined && canPersist(wanted) ? new SessionPersistence(wanted, key, name) : undefined;
    }
    this.persistence?.setEndpoints(this.endpoints);
  }

  /** Round robin from a random start, so that workers do not march in step; undefined when there is none. */
  pick(): Endpoint | undefined {
    const count = this.endpoints.length;
    if (count <= 1) return this.endpoints[0];
    this.turn = (this.turn + 1) % count;
    return this.endpoints[this.turn];
  }
}

/** Every backend of the program; endpoints with one address are one object, whoever names them. */
export class Backends {
  private readonly backends = new Map<string, BackendEndpoints>();
  /** Backends that a certificate is shown to, as the program has them. */
  private readonly shown = new Map<string, Backend>();
  private readonly certificate: (key: string) => Certificate | undefined;
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly sessionKey: KeyObject;

  /** @param certificate Finds a certificate of the program by its key. @param sessionKey Of `sessionKey`. */
  constructor(certificate: (key: string) => Certificate | undefined, sessionKey: KeyObject) {
    this.certificate = certificate;
    this.sessionKey = sessionKey;
  }

  /** The backend with this key. One that the program does not have (yet) has no endpoints. */
  get(key: string): BackendEndpoints {
    let backend = this.backends.get(key);
    if (backend === undefined) this.backends.set(key, (backend = new BackendEndpoints()));
    return backend;
  }

  /** New endpoints are there before old ones go: a shared endpoint keeps its connections. */
  apply(change: ProgramChange): void {
    for (const backend of change.backends.set) {
      this.replace(this.get(backend.key), backend);
      if (backend.tls?.certificate === undefined) this.shown.delete(backend.key);
      else this.shown.set(backend.key, backend);
    }
    this.rotate(change);
    for (const key of change.backends.remove) {
      const backend = this.backends.get(key);
      if (backend === undefined) continue;
      this.replace(backend, undefined);
      this.backends.delete(key);
      this.shown.delete(key);
    }
  }

  /** New connections show the new certificate. */
  private rotate({ certificates }: ProgramChange): void {
    if (this.shown.size === 0) return;
    const changed = new Set([...certificates.set.map(({ key }) => key), ...certificates.remove]);
    if (changed.size === 0) return;
    for (const backend of this.shown.values())
      if (changed.has(backend.tls!.certificate!)) this.replace(this.get(backend.key), backend);
  }

  /** Closes what no client waits for: idle connections, and copies of requests. */
  closeIdle(): void {
    for (const { copies } of this.backends.values()) for (const copy of copies) copy.giveUp();
    for (const endpoint of this.endpoints.values()) endpoint.closeIdle();
  }

  private replace(backend: BackendEndpoints, wanted: Backend | undefined): void {
    const before = backend.endpoints;
    const protocol = wanted?.protocol ?? "HTTP1";
    backend.setBudget(wanted?.retryBudget);
    backend.proxyProtocol = wanted?.proxyProtocol;
    backend.takes = protocol === "HTTP2" ? "plain" : "framed";
    const tls = wanted?.tls && new EndpointTls(wanted.tls, this.certificate);
    backend.endpoints = (wanted?.endpoints ?? []).map((place) => this.endpoint(place, protocol, tls));
    if (wanted !== undefined) backend.setPersistence(wanted, this.sessionKey);
    for (const endpoint of backend.endpoints) endpoint.references++;
    for (const endpoint of before) {
      if (--endpoint.references > 0) continue;
      this.endpoints.delete(endpoint.key);
      endpoint.closeIdle();
    }
  }

  private endpoint(place: Place, protocol: EndpointProtocol, tls: EndpointTls | undefined): Endpoint {
    const { host, port, barred } = place;
    // What was agreed on with other authorities or another certificate, or leads where this backend must not, is no connection for it.
    const key = `${host} ${port} ${protocol} ${tls?.identity ?? ""} ${barred ?? ""}`;
    let endpoint = this.endpoints.get(key);
    if (endpoint === undefined)
      this.endpoints.set(key, (endpoint = new Endpoint(key, place, protocol, tls?.settings)));
    return endpoint;
  }
}
