import { isEmptyChange, type ProgramChange } from "../program/change.ts";
import type { Backend, Certificate, L4Route, Listener, Program, Route } from "../program/program.ts";
import type { ResourceKey } from "../resources/resource.ts";
import { ReverseIndex } from "./reverse-index.ts";
import { Table } from "./table.ts";

/** The program as it is put together, and how it differs from its last version. */
export class ProgramTables {
  readonly listeners = new Table<Listener>();
  readonly backends = new Table<Backend>();
  private readonly routes = new Table<Route>();
  private readonly l4Routes = new Table<L4Route>();
  private readonly certificates = new Table<Certificate>();
  /** Route → keys of its routes in the program. */
  private readonly routesByResource = new ReverseIndex();
  /** Gateway, or key of a backend → keys of the certificates that it shows. */
  private readonly shown = new ReverseIndex();
  private lastVersion = 0;

  get version(): number {
    return this.lastVersion;
  }

  /** The whole program as it is now: a view, not a copy. */
  get program(): Program {
    return {
      version: this.lastVersion,
      listeners: this.listeners.entries,
      routes: this.routes.entries,
      l4Routes: this.l4Routes.entries,
      backends: this.backends.entries,
      certificates: this.certificates.entries,
    };
  }

  /** All that a route resource has in the program from now on. */
  putRoutes(resource: ResourceKey, routes: readonly (Route | L4Route)[]): void {
    const before = this.routesByResource.targets(resource);
    const after = new Set(routes.map((route) => route.key));
    this.routesByResource.set(resource, after);
    for (const gone of before.difference(after)) {
      this.routes.delete(gone);
      this.l4Routes.delete(gone);
    }
    for (const route of routes) {
      if ("rules" in route) this.routes.put(route);
      else this.l4Routes.put(route);
    }
  }

  /** What a user shows from now on. A certificate that nobody shows any more is no longer the proxies' business. */
  showCertificates(user: string, certificates: readonly Certificate[]): void {
    const before = this.shown.targets(user);
    this.shown.set(user, new Set(certificates.map((certificate) => certificate.key)));
    for (const certificate of certificates) this.certificates.put(certificate);
    for (const certificate of before) {
      if (this.shown.owners(certificate).size === 0) this.certificates.delete(certificate);
    }
  }

  /** A change that changes nothing is no new version. */
  takeChange(): ProgramChange {
    const change = {
      version: this.lastVersion + 1,
      listeners: this.listeners.takeChange(),
      routes: this.routes.takeChange(),
      l4Routes: this.l4Routes.takeChange(),
      backends: this.backends.takeChange(),
      certificates: this.certificates.takeChange(),
    };
    if (isEmptyChange(change)) return { ...change, version: this.lastVersion };
    this.lastVersion = change.version;
    return change;
  }
}
