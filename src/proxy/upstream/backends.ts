import type { ProgramChange } from "../../program/change.ts";
import type { Backend, RetryBudget as Limits } from "../../program/program.ts";
import { RetryBudget } from "./retry-budget.ts";
import { Endpoint, type EndpointProtocol } from "./endpoint.ts";

/** The endpoints of one backend, as routes hold on to them: an edit changes the list, not the object. */
export class BackendEndpoints {
  endpoints: readonly Endpoint[] = [];
  /** How bodies of requests are to be given. */
  takes: "framed" | "plain" = "framed";
  budget: RetryBudget | undefined;
  private limits: Limits | undefined;
  private turn = Math.floor(Math.random() * 1024);

  /** What was counted so far counts on, unless the limits are others. */
  setBudget(limits: Limits | undefined): void {
    if (JSON.stringify(limits) === JSON.stringify(this.limits)) return;
    this.limits = limits;
    this.budget = limits === undefined ? undefined : new RetryBudget(limits);
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
  private readonly endpoints = new Map<string, Endpoint>();

  /** The backend with this key. One that the program does not have (yet) has no endpoints. */
  get(key: string): BackendEndpoints {
    let backend = this.backends.get(key);
    if (backend === undefined) this.backends.set(key, (backend = new BackendEndpoints()));
    return backend;
  }

  /** New endpoints are there before old ones go: a shared endpoint keeps its connections. */
  apply(change: ProgramChange): void {
    for (const backend of change.backends.set) this.replace(this.get(backend.key), backend);
    for (const key of change.backends.remove) {
      const backend = this.backends.get(key);
      if (backend === undefined) continue;
      this.replace(backend, undefined);
      this.backends.delete(key);
    }
  }

  closeIdle(): void {
    for (const endpoint of this.endpoints.values()) endpoint.closeIdle();
  }

  private replace(backend: BackendEndpoints, wanted: Backend | undefined): void {
    const before = backend.endpoints;
    const protocol = wanted?.protocol ?? "HTTP1";
    backend.setBudget(wanted?.retryBudget);
    backend.takes = protocol === "HTTP2" ? "plain" : "framed";
    backend.endpoints = (wanted?.endpoints ?? []).map(({ host, port }) =>
      this.endpoint(host, port, protocol),
    );
    for (const endpoint of backend.endpoints) endpoint.references++;
    for (const endpoint of before) {
      if (--endpoint.references > 0) continue;
      this.endpoints.delete(endpoint.key);
      endpoint.closeIdle();
    }
  }

  private endpoint(host: string, port: number, protocol: EndpointProtocol): Endpoint {
    const key = `${host} ${port} ${protocol}`;
    let endpoint = this.endpoints.get(key);
    if (endpoint === undefined) this.endpoints.set(key, (endpoint = new Endpoint(key, host, port, protocol)));
    return endpoint;
  }
}
