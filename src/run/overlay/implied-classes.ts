import type { GatewayClass } from "../../resources/gateway/gateway-class.ts";
import type { Gateway } from "../../resources/gateway/gateway.ts";
import { resourceKey, type ResourceChange, type ResourceKey } from "../../resources/resource.ts";

export const controllerName = "gatewright.dev/gateway-controller";

/**
 * In production the platform often brings the GatewayClass, so the manifests at hand name one that none of
 * them defines. Here such a class is implied, for as long as a Gateway names it and no manifest defines it.
 */
export class ImpliedClasses {
  private readonly created: string;
  private readonly classOf = new Map<ResourceKey, string>();
  private readonly gateways = new Map<string, Set<ResourceKey>>();
  private readonly defined = new Set<string>();
  private readonly impliedNames = new Set<string>();

  /** `created`: RFC 3339, the age of implied classes. */
  constructor(created: string) {
    this.created = created;
  }

  /** Names, sorted. */
  get implied(): readonly string[] {
    return [...this.impliedNames].toSorted();
  }

  /** The changes with those of implied classes behind them: the last one of an object counts. */
  apply(changes: readonly ResourceChange[]): readonly ResourceChange[] {
    const touched = new Set<string>();
    for (const change of changes) this.note(change, touched);
    return [...changes, ...[...touched].flatMap((name) => this.settle(name))];
  }

  private note({ key, object }: ResourceChange, touched: Set<string>): void {
    if (key.startsWith("GatewayClass//")) {
      const name = key.slice("GatewayClass//".length);
      if (object === undefined) this.defined.delete(name);
      else this.defined.add(name);
      touched.add(name);
    } else if (key.startsWith("Gateway/")) {
      const before = this.classOf.get(key);
      const after = (object as Gateway | undefined)?.spec.gatewayClassName;
      if (before === after) return;
      if (before !== undefined) {
        this.gateways.get(before)?.delete(key);
        touched.add(before);
      }
      if (after === undefined) {
        this.classOf.delete(key);
        return;
      }
      this.classOf.set(key, after);
      this.gateways.set(after, (this.gateways.get(after) ?? new Set()).add(key));
      touched.add(after);
    }
  }

  private settle(name: string): readonly ResourceChange[] {
    const isWanted = (this.gateways.get(name)?.size ?? 0) > 0 && !this.defined.has(name);
    const isThere = this.impliedNames.has(name);
    const key = resourceKey("GatewayClass", "", name);
    if (isWanted) {
      this.impliedNames.add(name);
      return [{ key, object: this.make(name) }];
    }
    this.impliedNames.delete(name);
    return isThere && !this.defined.has(name) ? [{ key }] : [];
  }

  private make(name: string): GatewayClass {
    return {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: {
        name,
        namespace: "",
        creationTimestamp: this.created,
        generation: 1,
        labels: {},
        annotations: {},
      },
      spec: { controllerName },
    };
  }
}
