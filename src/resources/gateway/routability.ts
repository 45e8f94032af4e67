/** From where an address can be reached (GEP-5093). `""` promises nothing. */

/** The address is the ClusterIP of a Service. */
export const CLUSTER_ROUTABILITY = "Cluster";

/** "Carries no routability guarantee", and whoever knows of routability has to know it. */
const SENTINEL_ROUTABILITY = "testing.x-k8s.io/sentinel";

/** Whether any address of the machine will do. */
export function isUnbound(routability: string): boolean {
  return routability === "" || routability === SENTINEL_ROUTABILITY;
}
