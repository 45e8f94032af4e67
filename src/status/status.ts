import { isDeepStrictEqual } from "node:util";
import type { ResourceKey } from "../resources/resource.ts";
import type {
  GatewayClassWanted,
  GatewayWanted,
  ListenerSetWanted,
  PolicyWanted,
  RouteWanted,
  WantedStatus,
} from "../resources/wanted-status.ts";
import type { Failure } from "./failure.ts";
import { renderGateway, renderListenerSet, type Progress } from "./gateway.ts";
import type { GatewayClassStatus, PolicyStatus, RouteStatus, StatusPatch, WrittenStatus } from "./patch.ts";
import { stamp, timeOf } from "./stamp.ts";

export type { Failure } from "./failure.ts";
export type { StatusPatch, WrittenStatus } from "./patch.ts";
export { StatusPublisher } from "./publisher.ts";

export interface StatusWriterOptions {
  readonly now: () => Date;
  /** Called with at least one patch, before `want` or `acknowledged` returns. */
  readonly emit: (patches: readonly StatusPatch[]) => void;
}

/**
 * Wanted statuses and acknowledgements in, patches out. What is written is remembered, so that nothing is
 * emitted when nothing changed; a call costs the objects that it is about.
 */
export class StatusWriter {
  private readonly options: StatusWriterOptions;
  private readonly writtenByKey = new Map<ResourceKey, WrittenStatus>();
  /** Gateways and ListenerSets: what proxies have to take over. */
  private readonly parents = new Map<ResourceKey, GatewayWanted | ListenerSetWanted>();
  /** Those whose version is not acknowledged yet. */
  private readonly waiting = new Set<ResourceKey>();
  /** Version 0 is the empty program: nobody has to take it over. */
  private progress: Progress = { version: 0, failures: new Map() };

  constructor(options: StatusWriterOptions) {
    this.options = options;
  }

  /** Our part of every object's status as it was last emitted. */
  get written(): ReadonlyMap<ResourceKey, WrittenStatus> {
    return this.writtenByKey;
  }

  want(statuses: readonly WantedStatus[]): void {
    const time = timeOf(this.options.now());
    this.emit(statuses.flatMap((wanted) => this.accept(wanted, time) ?? []));
  }

  /**
   * All proxies serve `version`, but for `failures`: every listener of it that is not bound now, not only
   * those that this version brought. An acknowledgement older than one before it is out of date and ignored.
   */
  acknowledged(version: number, failures: readonly Failure[]): void {
    if (version < this.progress.version) return;
    const time = timeOf(this.options.now());
    const before = this.progress.failures;
    this.progress = { version, failures: new Map(failures.map((failure) => [failure.listener, failure])) };
    const concerned = new Set<ResourceKey>();
    for (const key of this.waiting) {
      if ((this.parents.get(key)?.version ?? 0) > version) continue;
      this.waiting.delete(key);
      concerned.add(key);
    }
    for (const listener of [...before.keys(), ...this.progress.failures.keys()]) {
      for (const parent of parentsOf(listener)) concerned.add(parent);
    }
    this.emit([...concerned].flatMap((key) => this.renderParent(key, time) ?? []));
  }

  private emit(patches: readonly StatusPatch[]): void {
    if (patches.length > 0) this.options.emit(patches);
  }

  private accept(wanted: WantedStatus, time: string): StatusPatch | undefined {
    if (wanted.kind === "Removed") return this.remove(wanted.key);
    if (wanted.kind === "GatewayClass") return this.write(this.renderClass(wanted, time));
    if ("ancestors" in wanted) return this.write(this.renderPolicy(wanted, time));
    if ("parents" in wanted) return this.write(this.renderRoute(wanted, time));
    this.parents.set(wanted.key, wanted);
    if (wanted.version > this.progress.version) this.waiting.add(wanted.key);
    else this.waiting.delete(wanted.key);
    return this.renderParent(wanted.key, time);
  }

  private remove(key: ResourceKey): StatusPatch | undefined {
    this.parents.delete(key);
    this.waiting.delete(key);
    return this.writtenByKey.delete(key) ? { kind: "Removed", key } : undefined;
  }

  /** Undefined when that is what stands there already. */
  private write(next: WrittenStatus): StatusPatch | undefined {
    if (isDeepStrictEqual(this.writtenByKey.get(next.key), next)) return undefined;
    this.writtenByKey.set(next.key, next);
    return next;
  }

  private renderClass(
    { kind, key, conditions, supportedFeatures }: GatewayClassWanted,
    time: string,
  ): WrittenStatus {
    const before = this.writtenByKey.get(key)?.status as GatewayClassStatus | undefined;
    return {
      kind,
      key,
      status: {
        conditions: stamp(conditions, before?.conditions, time),
        supportedFeatures: supportedFeatures.map((name) => ({ name })),
      },
    };
  }

  private renderParent(key: ResourceKey, time: string): StatusPatch | undefined {
    const wanted = this.parents.get(key);
    if (wanted === undefined) return undefined;
    const written = this.writtenByKey.get(key);
    if (wanted.kind === "ListenerSet") {
      const before = written?.kind === "ListenerSet" ? written.status : undefined;
      const status = renderListenerSet(wanted, before, this.progress, time);
      return this.write({ kind: "ListenerSet", key, status });
    }
    const before = written?.kind === "Gateway" ? written.status : undefined;
    return this.write({
      kind: "Gateway",
      key,
      status: renderGateway(wanted, before, this.progress, time),
    });
  }

  private renderRoute({ kind, key, parents }: RouteWanted, time: string): WrittenStatus {
    const before = this.writtenByKey.get(key)?.status as RouteStatus | undefined;
    return {
      kind,
      key,
      status: {
        parents: parents.map(({ parentRef, controllerName, conditions }) => {
          const same = before?.parents.find(
            (one) => one.controllerName === controllerName && isDeepStrictEqual(one.parentRef, parentRef),
          );
          return { parentRef, controllerName, conditions: stamp(conditions, same?.conditions, time) };
        }),
      },
    };
  }

  private renderPolicy({ kind, key, ancestors }: PolicyWanted, time: string): WrittenStatus {
    const before = this.writtenByKey.get(key)?.status as PolicyStatus | undefined;
    return {
      kind,
      key,
      status: {
        ancestors: ancestors.map(({ ancestorRef, controllerName, conditions }) => {
          const same = before?.ancestors.find(
            (one) => one.controllerName === controllerName && isDeepStrictEqual(one.ancestorRef, ancestorRef),
          );
          return { ancestorRef, controllerName, conditions: stamp(conditions, same?.conditions, time) };
        }),
      },
    };
  }
}

/** Of `NAMESPACE/GATEWAY/LISTENER` the Gateway; with `NAMESPACE/SET` before the last, that ListenerSet too. */
function parentsOf(listener: string): readonly ResourceKey[] {
  const [namespace, gateway, setNamespace, set, name] = listener.split("/");
  const parent = `Gateway/${namespace}/${gateway}`;
  return name === undefined ? [parent] : [parent, `ListenerSet/${setNamespace}/${set}`];
}
