import type { Objects } from "../objects/objects.ts";
import { DefinitionCleaner } from "./definition-cleaner.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import { NamespaceAccounts } from "./namespace-accounts.ts";
import { NamespaceCleaner } from "./namespace-cleaner.ts";

export interface Controller {
  stop(): void;
}

/** The controller that belongs to every API server. */
export function serverControllers(objects: Objects): readonly Controller[] {
  return [new DefinitionCleaner(objects)];
}

/** What kube-controller-manager does elsewhere, as far as objects need it that no pod runs for. */
export function managerControllers(objects: Objects, ca: string): readonly Controller[] {
  return [new GarbageCollector(objects), new NamespaceCleaner(objects), new NamespaceAccounts(objects, ca)];
}
