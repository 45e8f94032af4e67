import { resourceName, type Kind } from "../../resources/kind.ts";
import type { Strategy } from "./write.ts";

const plain: Strategy = {};

/** Strategies by resource; kinds that have none behave as custom resources do. */
export class Strategies {
  private readonly byResource: Readonly<Record<string, Strategy>>;

  constructor(byResource: Readonly<Record<string, Strategy>>) {
    this.byResource = byResource;
  }

  of(kind: Kind): Strategy {
    return this.byResource[resourceName(kind)] ?? plain;
  }
}
