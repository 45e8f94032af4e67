import { bootstrapObjects } from "../auth/bootstrap-roles.ts";
import { rbacGroup } from "../auth/rbac-source.ts";
import { gatewayKinds } from "../../resources/gateway/gateway-kinds.ts";
import type { JsonObject } from "../../resources/json.ts";
import type { Objects } from "../objects/objects.ts";
import type { ServiceAllocator } from "../strategy/service.ts";
import { seedDefinitions } from "./definitions.ts";
import { seedKubernetesService } from "./kubernetes-service.ts";
import { seedNamespaces } from "./namespaces.ts";
import { seedPriorityClasses } from "./priority-classes.ts";
import { Seeder } from "./seed.ts";
import { seedSystemMaps } from "./system-maps.ts";

export interface BootstrapOptions {
  /** Of the program. */
  readonly version: string;
  readonly address: string;
  readonly port: number;
  /** PEM of the server's authority. */
  readonly ca: string;
}

/** Takes over what the store has, and adds what every cluster has from the start. */
export function bootstrap(objects: Objects, services: ServiceAllocator, options: BootstrapOptions): void {
  const seeder = new Seeder(objects);
  for (const row of objects.store.page("services", {})?.rows ?? [])
    services.hold(JSON.parse(row.text) as JsonObject);
  seedNamespaces(seeder);
  seedDefinitions(objects, seeder, gatewayKinds, options.version);
  for (const { resource, object } of bootstrapObjects()) seeder.add(rbacGroup, resource, object);
  seedPriorityClasses(seeder);
  seedKubernetesService(objects, seeder, services, options);
  seedSystemMaps(seeder, options.ca);
}
