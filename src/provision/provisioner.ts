import { type KubeClient, KubeError, openWorkQueue, type WorkQueue } from "../kube/kube.ts";
import { equalValues } from "../resources/equality.ts";
import type { JsonObject } from "../resources/json.ts";
import { type ResourceKey, resourceKey } from "../resources/resource.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import { ownerOf } from "./ownership.ts";
import { Pace } from "./pace.ts";
import { endpointSlicePart, type Part, servicePart } from "./part.ts";
import { type Outcome, Reconciler, type Task } from "./reconciler.ts";
import { type PairName, pairNameOf } from "./pair.ts";

export interface ProvisionerOptions {
  readonly client: KubeClient;
  /** The object as it was seen last (by the watch); `undefined` when it is not there. */
  readonly find: (key: ResourceKey) => JsonObject | undefined;
  /** The server will not take it, or somebody else has the name; `undefined`: it is well again, or nobody wants it any more. */
  readonly onFault: (service: ResourceKey, message: string | undefined) => void;
  /** Milliseconds of the first pause before an object is put right once more, or tried again after a refusal; and of the longest. */
  readonly retryFirst?: number;
  readonly retryMost?: number;
}

const RETRY_FIRST = 1000;
const RETRY_MOST = 60_000;

/** A Service and its EndpointSlice. */
interface Pair {
  readonly name: PairName;
  /** Of both parts, or nothing: then ours go. */
  wanted: ServiceWanted | undefined;
  /** The wish has not come true yet. What is written later puts right what somebody else did. */
  isNew: boolean;
  /** In the queue, perhaps in a pause that a failing server is given: what is seen then is looked at when that is over. */
  isQueued: boolean;
  /** Something was seen since the work on it began. */
  wasSeen: boolean;
  fault: string | undefined;
  /** What was there when we looked last. */
  readonly there: Set<Part>;
  readonly pace: Pace;
}

/**
 * Keeps a Service and an EndpointSlice for every wish, and deletes those of ours that nobody wants. Of other objects it only reads.
 *
 * Rights that it needs, in all namespaces: `get`, `create`, `patch` and `delete` of `services` (core) and
 * of `endpointslices` (discovery.k8s.io); `list` and `watch` of both for the watch that tells it what is there.
 */
export class Provisioner {
  private readonly options: ProvisionerOptions;
  private readonly reconciler: Reconciler;
  private readonly queue: WorkQueue<Pair>;
  /** By `NAMESPACE/NAME`, as below. */
  private readonly pairs = new Map<string, Pair>();
  private readonly byGateway = new Map<ResourceKey, readonly string[]>();
  /** Seen before `begin`, ours, and wanted by nobody yet. */
  private readonly strays = new Map<string, PairName>();
  private hasBegun = false;
  private isClosed = false;

  constructor(options: ProvisionerOptions) {
    this.options = options;
    this.reconciler = new Reconciler(options.client, options.find);
    this.queue = openWorkQueue({ work: (pair, _, signal) => this.work(pair, signal) });
  }

  /** All Services that a Gateway has from now on; none: those of ours are deleted. */
  want(gateway: ResourceKey, services: readonly ServiceWanted[]): void {
    const wishes = new Map<string, ServiceWanted>();
    for (const service of services) {
      if (service.ports.length > 0) wishes.set(pathOf(pairNameOf(service)), service);
    }
    for (const path of this.byGateway.get(gateway) ?? []) {
      const pair = this.pairs.get(path);
      if (wishes.has(path) || pair?.wanted === undefined || gatewayOf(pair.wanted) !== gateway) continue;
      this.wish(pair, undefined);
    }
    for (const [path, wanted] of wishes) {
      const pair = this.pairs.get(path) ?? this.open(path, pairNameOf(wanted));
      if (!equalValues(pair.wanted, wanted)) this.wish(pair, wanted);
    }
    if (wishes.size === 0) this.byGateway.delete(gateway);
    else this.byGateway.set(gateway, [...wishes.keys()]);
  }

  /** The watch has seen this object appear, change or go. What is no Service or EndpointSlice of ours costs nothing. */
  seen(key: ResourceKey): void {
    const [kind, namespace = "", name = ""] = key.split("/");
    const part = [servicePart, endpointSlicePart].find((each) => each.kind.kind === kind);
    if (part === undefined) return;
    const path = pathOf({ namespace, name });
    const pair = this.pairs.get(path);
    if (pair !== undefined) {
      pair.wasSeen = true;
      if (!pair.isQueued && !this.isSettled(pair)) this.enqueuePaced(pair);
      return;
    }
    const live = this.options.find(key);
    if (live === undefined || ownerOf(live) === undefined) return;
    if (this.hasBegun) this.sweep(path, { namespace, name });
    else this.strays.set(path, { namespace, name });
  }

  /** Everything that is wanted at the start is known: ours that nobody wants are deleted from now on. */
  begin(): void {
    this.hasBegun = true;
    for (const [path, name] of this.strays) {
      if (!this.pairs.has(path)) this.sweep(path, name);
    }
    this.strays.clear();
  }

  /** Resolves when nothing is left to write but what the server has refused, and what others have changed too often. */
  idle(): Promise<void> {
    return this.queue.idle();
  }

  /** Ends what is under way; nothing is written any more, and what is there stays. */
  close(): void {
    this.isClosed = true;
    this.queue.close();
    for (const { pace } of this.pairs.values()) pace.reset();
  }

  private open(path: string, name: PairName): Pair {
    const { retryFirst = RETRY_FIRST, retryMost = RETRY_MOST } = this.options;
    const pair: Pair = {
      name,
      wanted: undefined,
      isNew: true,
      isQueued: false,
      wasSeen: false,
      fault: undefined,
      there: new Set(),
      pace: new Pace(retryFirst, retryMost),
    };
    this.pairs.set(path, pair);
    return pair;
  }

  private wish(pair: Pair, wanted: ServiceWanted | undefined): void {
    pair.wanted = wanted;
    pair.isNew = true;
    pair.pace.reset();
    this.enqueue(pair);
  }

  private sweep(path: string, name: PairName): void {
    this.enqueue(this.open(path, name));
  }

  private enqueuePaced(pair: Pair): void {
    if (!this.isClosed) pair.pace.run(() => this.enqueue(pair));
  }

  private enqueue(pair: Pair): void {
    pair.isQueued = true;
    this.queue.put(pathOf(pair.name), pair);
  }

  private isSettled(pair: Pair): boolean {
    const { wanted, fault } = pair;
    return [servicePart, endpointSlicePart].every((part) =>
      this.reconciler.isSettled(taskOf(pair, part, wanted), fault),
    );
  }

  private async work(pair: Pair, signal: AbortSignal): Promise<KubeError | undefined> {
    const { wanted, isNew } = pair;
    pair.wasSeen = false;
    let outcome: Outcome;
    try {
      outcome = await this.bring(pair, signal);
    } catch (error) {
      if (error instanceof KubeError) return error;
      pair.isQueued = false;
      throw error;
    }
    // The newer wish is in the queue.
    if (pair.wanted !== wanted) return undefined;
    pair.isNew = false;
    pair.isQueued = false;
    this.setFault(pair, outcome.fault);
    if (outcome.isRefused || (outcome.wrote && !isNew)) pair.pace.hold();
    const isOpen = outcome.isRefused || (pair.wasSeen && !this.isSettled(pair));
    if (isOpen) this.enqueuePaced(pair);
    else if (wanted === undefined) this.pairs.delete(pathOf(pair.name));
    return undefined;
  }

  /** Both parts, the Service first. */
  private async bring(pair: Pair, signal: AbortSignal): Promise<Outcome> {
    const { wanted } = pair;
    const service = await this.bringPart(pair, servicePart, wanted, signal);
    if (service.isRefused && service.isThere) return service;
    // Without our Service a slice would lead nowhere, or here what is meant for somebody else's Service of this name.
    const rest = service.isThere ? wanted : undefined;
    const slice = await this.bringPart(pair, endpointSlicePart, rest, signal);
    const fault = service.fault ?? slice.fault;
    return {
      isThere: service.isThere && slice.isThere,
      wrote: service.wrote || slice.wrote,
      ...(fault !== undefined && { fault }),
      isRefused: service.isRefused || slice.isRefused,
    };
  }

  private async bringPart(
    pair: Pair,
    part: Part,
    wanted: ServiceWanted | undefined,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const outcome = await this.reconciler.reconcile(taskOf(pair, part, wanted), signal);
    if (outcome.isThere) pair.there.add(part);
    else pair.there.delete(part);
    return outcome;
  }

  private setFault(pair: Pair, fault: string | undefined): void {
    if (fault === pair.fault) return;
    pair.fault = fault;
    const { namespace, name } = pair.name;
    this.options.onFault(resourceKey("Service", namespace, name), fault);
  }
}

function taskOf({ name, there }: Pair, part: Part, wanted: ServiceWanted | undefined): Task {
  return { part, name, wanted, wasThere: there.has(part) };
}

function pathOf({ namespace, name }: PairName): string {
  return `${namespace}/${name}`;
}

function gatewayOf({ gateway }: ServiceWanted): ResourceKey {
  return resourceKey("Gateway", gateway.namespace, gateway.name);
}
