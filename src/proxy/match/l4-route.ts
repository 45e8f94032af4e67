import type { Attachment, L4Route } from "../../program/program.ts";
import { drawShare, type Share } from "./weight.ts";

/** A route of connections or flows, ready to run. */
export class CompiledL4Route {
  readonly key: string;
  /** `NAMESPACE/NAME`, which settles ties of age. */
  readonly id: string;
  readonly created: number;
  readonly attachments: readonly Attachment[];
  private readonly destinations: readonly L4Share[];

  constructor(route: L4Route) {
    this.key = route.key;
    this.id = `${route.namespace}/${route.name}`;
    this.created = route.created;
    this.attachments = route.attachments;
    let upTo = 0;
    this.destinations = route.destinations.map(({ weight, backend }) => ({
      backend,
      upTo: (upTo += weight),
    }));
  }

  /** Key of the backend that a connection or flow goes to; `undefined`: it is refused. `fraction` as for `drawShare`. */
  backend(fraction: number): string | undefined {
    return drawShare(this.destinations, fraction)?.backend;
  }
}

interface L4Share extends Share {
  /** `undefined` when the reference is invalid. */
  readonly backend: string | undefined;
}
