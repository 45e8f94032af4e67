import type { JsonObject } from "../../resources/json.ts";
import { metaOf } from "../objects/meta.ts";
import type { ObjectChange, Objects } from "../objects/objects.ts";
import { inStorageVersion } from "./identity.ts";
import { systemWrite } from "./system-write.ts";
import { WorkQueue } from "./work.ts";

const write = systemWrite("service-account-controller");

/** Gives every namespace what its pods expect: the account `default`, and the certificate of this server. */
export class NamespaceAccounts {
  private readonly objects: Objects;
  private readonly ca: string;
  private readonly queue = new WorkQueue((namespace) => this.provide(namespace));
  private readonly stopObserving: () => void;

  /** `ca`: PEM of the server's authority. */
  constructor(objects: Objects, ca: string) {
    this.objects = objects;
    this.ca = ca;
    this.stopObserving = objects.observe((change) => this.note(change));
    for (const { name } of objects.store.page("namespaces", {})?.rows ?? []) this.queue.add(name);
  }

  stop(): void {
    this.stopObserving();
    this.queue.stop();
  }

  private note({ kind, namespace, name, object }: ObjectChange): void {
    if (kind.group !== "") return;
    if (kind.plural === "namespaces" && object !== undefined) this.queue.add(name);
    const isProvided = kind.plural === "serviceaccounts" || kind.plural === "configmaps";
    if (isProvided && object === undefined) this.queue.add(namespace);
  }

  private provide(namespace: string): void {
    const held = this.objects.store.read("namespaces", "", namespace);
    if (held === undefined || metaOf(JSON.parse(held.text) as JsonObject).deletionTimestamp !== undefined)
      return;
    this.add("serviceaccounts", namespace, { metadata: { name: "default" } });
    this.add("configmaps", namespace, {
      metadata: { name: "kube-root-ca.crt" },
      data: { "ca.crt": this.ca },
    });
  }

  private add(
    plural: string,
    namespace: string,
    object: JsonObject & { readonly metadata: { readonly name: string } },
  ): void {
    const kind = this.objects.registry.findResource("", plural);
    const served = kind === undefined ? undefined : inStorageVersion(kind);
    if (served === undefined || this.objects.row(served.kind, namespace, object.metadata.name) !== undefined)
      return;
    this.objects.create(served, namespace, { apiVersion: "v1", kind: served.kind.kind, ...object }, write);
  }
}
