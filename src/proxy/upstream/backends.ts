import type { ProgramChange } from "../../program/change.ts";
import type { Backend } from "../../program/program.ts";
import { Endpoint } from "./endpoint.ts";

/** The endpoints of one backend, as routes hold on to them: an edit changes the list, not the object. */
export class BackendEndpoints {
  endpoints: readonly Endpoint[] = [];
  private turn = Math.floor(Math.random() * 1024);

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
    backend.endpoints = (wanted?.endpoints ?? []).map(({ host, port }) => this.endpoint(host, port));
    for (const endpoint of backend.endpoints) endpoint.references++;
    for (const endpoint of before) {
      if (--endpoint.references > 0) continue;
      this.endpoints.delete(address(endpoint.host, endpoint.port));
      endpoint.closeIdle();
    }
  }

  private endpoint(host: string, port: number): Endpoint {
    const key = address(host, port);
    let endpoint = this.endpoints.get(key);
    if (endpoint === undefined) this.endpoints.set(key, (endpoint = new Endpoint(host, port)));
    return endpoint;
  }
}

function address(host: string, port: number): string {
  return `${host} ${port}`;
}
