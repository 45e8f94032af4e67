import { Hosted, HostIndex } from "./host-index.ts";
import type { HostScan } from "./host-scan.ts";
import type { CompiledL4Route } from "./l4-route.ts";
import { compareRoutes } from "./precedence.ts";

/** Routes that share a hostname, by precedence: the first one serves. */
class Rivals extends Hosted<Rivals> {
  readonly routes: CompiledL4Route[] = [];
}

/** The L4 routes of one listener, by hostname. */
export class L4Table {
  private readonly byHostname = new HostIndex<Rivals>();

  /** The route for what a client names (SNI), or for any connection where it names nothing. */
  choose(host: HostScan): CompiledL4Route | undefined {
    return this.byHostname.best(host)?.routes[0];
  }

  add(hostname: string, route: CompiledL4Route): void {
    let rivals = this.byHostname.get(hostname);
    if (rivals === undefined) this.byHostname.add((rivals = new Rivals(hostname)));
    const at = rivals.routes.findIndex((other) => compareRoutes(other, route) > 0);
    rivals.routes.splice(at < 0 ? rivals.routes.length : at, 0, route);
  }

  /** Takes out what `add` put in. */
  remove(hostname: string, route: CompiledL4Route): void {
    const rivals = this.byHostname.get(hostname);
    if (rivals === undefined) return;
    rivals.routes.splice(rivals.routes.indexOf(route), 1);
    if (rivals.routes.length === 0) this.byHostname.remove(rivals);
  }
}
