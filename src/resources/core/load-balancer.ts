import type { JsonObject } from "../json.ts";
import { dnsSubdomain } from "../schema/forms.ts";
import { array, object, optional, string } from "../schema/schema.ts";
import { part, parts, text } from "./cells.ts";
import { ipAddress } from "./checks.ts";
import { optionalInt32, optionalString, protocol } from "./fields.ts";

const portStatus = object({ error: optionalString, port: optionalInt32, protocol: optional(protocol) });

const loadBalancerIngress = object({
  hostname: optional(string(dnsSubdomain)),
  ip: optional(string({ checks: [ipAddress] })),
  ipMode: optional(string({ enum: ["VIP", "Proxy"] })),
  ports: optional(array(portStatus)),
});

export const loadBalancerStatus = object({ ingress: optional(array(loadBalancerIngress)) });

/** Addresses and host names that a load balancer gave to a Service or an Ingress, each once. */
export function loadBalancerAddresses(owner: JsonObject): readonly string[] {
  const given = parts(part(owner, "status", "loadBalancer"), "ingress").map(
    (one) => text(one, "ip") || text(one, "hostname"),
  );
  return [...new Set(given.filter((address) => address !== ""))].sort();
}
