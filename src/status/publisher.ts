import { openStatusQueue, type KubeClient, type Patch, type StatusQueue, type Target } from "../kube/kube.ts";
import { kinds } from "../resources/kinds.ts";
import type { JsonObject } from "../resources/json.ts";
import type { ResourceKey } from "../resources/resource.ts";
import { mergeStatus } from "./merge.ts";
import type { StatusPatch } from "./patch.ts";

export interface PublisherOptions {
  readonly client: KubeClient;
  /** The object as it was seen last; undefined when it is not there. */
  readonly find: (key: ResourceKey) => JsonObject | undefined;
  /** The server will not take it, ever. */
  readonly onRefused: (key: ResourceKey, message: string) => void;
}

/** Writes our part of statuses to an API server: latest wish first, nothing when nothing would change. */
export class StatusPublisher {
  private readonly options: PublisherOptions;
  private readonly queue: StatusQueue;
  /** Names under which we have written. */
  private readonly controllers = new Set<string>();

  constructor(options: PublisherOptions) {
    this.options = options;
    this.queue = openStatusQueue({
      client: options.client,
      onRefused: ({ target }, error) => options.onRefused(keyOf(target), error.message),
    });
  }

  publish(patch: StatusPatch): void {
    for (const { controllerName } of entriesOf(patch)) this.controllers.add(controllerName);
    const live = this.options.find(patch.key);
    const target = targetOf(patch.key);
    if (live === undefined || target === undefined) return;
    const compute = (current: JsonObject) => this.patchFor(patch, current);
    const first = compute(live);
    if (first === undefined) this.queue.drop(target);
    else this.queue.put({ target, patch: first, recompute: compute });
  }

  /** Resolves when nothing is left to write. */
  idle(): Promise<void> {
    return this.queue.idle();
  }

  close(): void {
    this.queue.close();
  }

  private patchFor(patch: StatusPatch, live: JsonObject): Patch | undefined {
    const status = mergeStatus(patch, live, this.controllers);
    if (status === undefined) return undefined;
    const { resourceVersion } = live["metadata"] as JsonObject;
    return { type: "merge", body: { metadata: { resourceVersion }, status } };
  }
}

/** Those that carry the name of their controller. */
function entriesOf(patch: StatusPatch): readonly { readonly controllerName: string }[] {
  if (patch.kind === "Removed") return [];
  if ("parents" in patch.status) return patch.status.parents;
  return "ancestors" in patch.status ? patch.status.ancestors : [];
}

function targetOf(key: ResourceKey): Target | undefined {
  const [name = "", namespace = "", object = ""] = key.split("/");
  const kind = kinds.find((each) => each.kind === name);
  if (kind === undefined) return undefined;
  const { group, plural, storageVersion } = kind;
  return { group, version: storageVersion, plural, ...(namespace !== "" && { namespace }), name: object };
}

function keyOf({ group, plural, namespace = "", name = "" }: Target): ResourceKey {
  const kind = kinds.find((each) => each.group === group && each.plural === plural);
  return `${kind?.kind ?? plural}/${namespace}/${name}`;
}
