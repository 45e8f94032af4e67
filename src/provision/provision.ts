export { readService, type ServiceGot } from "./ownership.ts";
export { Provisioner } from "./provisioner.ts";
export { serviceName } from "./service-name.ts";
