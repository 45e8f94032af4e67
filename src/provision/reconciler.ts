import { type KubeClient, KubeError, type Target } from "../kube/kube.ts";
import type { JsonObject } from "../resources/json.ts";
import { type ResourceKey, resourceKey } from "../resources/resource.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import { ownerOf } from "./ownership.ts";
import type { Part } from "./part.ts";
import { MANAGER, metaOf, type PairName } from "./pair.ts";

/** An object that is to be, or not to be. */
export interface Task {
  readonly part: Part;
  readonly name: PairName;
  /** Nothing: the object is deleted, if it is ours. */
  readonly wanted: ServiceWanted | undefined;
  /** It was there when we looked last; then it may be there though nobody has seen it. */
  readonly wasThere: boolean;
}

/** How an object stands. */
export interface Outcome {
  /** An object of ours is there, and is not about to go. */
  readonly isThere: boolean;
  readonly wrote: boolean;
  /** Absent when the object is as it should be. */
  readonly fault?: string;
  /** The server was asked and has refused: it may not do so for ever. */
  readonly isRefused: boolean;
}

type Step =
  | { readonly do: "create"; readonly body: JsonObject }
  | { readonly do: "patch"; readonly change: JsonObject }
  | { readonly do: "delete" }
  | { readonly do: "nothing"; readonly isThere: boolean; readonly fault?: string };

/** Times that an object is looked at again because somebody was faster. */
const MAX_ROUNDS = 6;

/**
 * Brings objects of a cluster to what is wanted of them, in as few requests as it takes. Server-side apply is not used: it cannot be told
 * to create only, and would change an object of somebody else that has just taken the name.
 */
export class Reconciler {
  private readonly client: KubeClient;
  private readonly find: (key: ResourceKey) => JsonObject | undefined;

  /** @param find The object as it was seen last; it may be behind. */
  constructor(client: KubeClient, find: (key: ResourceKey) => JsonObject | undefined) {
    this.client = client;
    this.find = find;
  }

  /** Whether there is nothing to write, as far as has been seen. @param fault The one that is known. */
  isSettled(task: Task, fault: string | undefined): boolean {
    const step = nextStep(task, this.seen(task));
    return step.do === "nothing" && (step.fault === undefined || step.fault === fault);
  }

  /** Rejects with a `KubeError` when it makes sense to try again soon. */
  async reconcile(task: Task, signal: AbortSignal): Promise<Outcome> {
    let live = this.seen(task);
    let mustLook = live === undefined && (task.wanted !== undefined || task.wasThere);
    let wrote = false;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      try {
        if (mustLook) live = await this.get(task, signal);
        mustLook = true;
        const step = nextStep(task, live);
        if (step.do === "nothing") {
          const { isThere, fault } = step;
          return { isThere, wrote, isRefused: false, ...(fault !== undefined && { fault }) };
        }
        wrote = true;
        await this.take(step, targetOf(task), live, signal);
        if (step.do !== "delete") return { isThere: true, wrote, isRefused: false };
      } catch (error) {
        if (!(error instanceof KubeError) || error.mayPass) throw error;
        if (isOvertaken(error, live)) continue;
        const isThere = live !== undefined && ownerOf(live) !== undefined;
        return { isThere, wrote, fault: error.message, isRefused: true };
      }
    }
    const { namespace, name } = task.name;
    throw new KubeError(409, "Conflict", `${task.part.kind.kind} ${namespace}/${name} changes all the time`);
  }

  private seen({ part, name }: Task): JsonObject | undefined {
    return this.find(resourceKey(part.kind.kind, name.namespace, name.name));
  }

  private async get(task: Task, signal: AbortSignal): Promise<JsonObject | undefined> {
    try {
      return await this.client.get(targetOf(task), signal);
    } catch (error) {
      if (error instanceof KubeError && error.code === 404) return undefined;
      throw error;
    }
  }

  /** @param live What the step follows from; when it has changed since, the server answers 409 or 404. */
  private async take(
    step: Exclude<Step, { readonly do: "nothing" }>,
    target: Target,
    live: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const options = { fieldManager: MANAGER, signal, tries: 1 };
    if (step.do === "create") {
      await this.client.create(target, step.body, options);
      return;
    }
    const { uid, resourceVersion } = metaOf(live!);
    if (step.do === "delete") {
      await this.client.delete(target, { uid, resourceVersion }, signal);
      return;
    }
    const { metadata } = step.change;
    const body = { ...step.change, metadata: { ...(metadata as JsonObject), resourceVersion } };
    await this.client.patch(target, { type: "merge", body }, options);
  }
}

function nextStep({ part, name, wanted }: Task, live: JsonObject | undefined): Step {
  if (live === undefined) {
    return wanted === undefined ? nothing(false) : { do: "create", body: part.body(wanted) };
  }
  const owner = ownerOf(live);
  if (owner === undefined || (wanted !== undefined && owner.name !== wanted.gateway.name)) {
    return wanted === undefined ? nothing(false) : { ...nothing(false), fault: foreign(part, name, owner) };
  }
  // The watch tells when it is gone.
  if (metaOf(live)["deletionTimestamp"] !== undefined) return nothing(false);
  if (wanted === undefined || owner.uid !== wanted.gateway.uid) return { do: "delete" };
  const body = part.body(wanted);
  if (part.mustReplace(live, body)) return { do: "delete" };
  const change = part.change(live, body);
  return Object.keys(change).length === 0 ? nothing(true) : { do: "patch", change };
}

function nothing(isThere: boolean) {
  return { do: "nothing", isThere } as const;
}

function foreign(
  { kind }: Part,
  { namespace, name }: PairName,
  owner: ServiceWanted["gateway"] | undefined,
): string {
  const whose = owner === undefined ? "is not one of ours" : `belongs to Gateway ${namespace}/${owner.name}`;
  return `The ${kind.kind} ${namespace}/${name} ${whose}, and is left alone: delete it, or give the Gateway another name`;
}

/** The object is not what it was when it was read. */
function isOvertaken({ code }: KubeError, live: JsonObject | undefined): boolean {
  return code === 409 || (code === 404 && live !== undefined);
}

function targetOf({ part, name }: Task): Target {
  const { group, plural, storageVersion } = part.kind;
  return { group, version: storageVersion, plural, ...name };
}
