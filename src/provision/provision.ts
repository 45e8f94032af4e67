export { readService } from "./ownership.ts";
export { Provisioner } from "./provisioner.ts";
export { serviceName } from "./service-name.ts";
export type { ServiceWanted } from "./service-wanted.ts";
