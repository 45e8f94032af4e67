import { KubeClient } from "./client.ts";
import { Cluster, type ClusterOptions } from "./cluster.ts";
import { connectTo, findCluster, type FindOptions, type ServerOptions } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { StatusQueue, type StatusQueueOptions } from "./status-queue.ts";
import { WorkQueue, type WorkQueueOptions } from "./work-queue.ts";

export { KubeError } from "./error.ts";
export type { KubeClient, Patch } from "./client.ts";
export type { Cluster, ClusterOptions, ClusterState } from "./cluster.ts";
export type { ClusterBatch } from "./outbox.ts";
export type { Connection } from "./connection.ts";
export type { WatchedKind } from "./follower.ts";
export type { KubeObject } from "./object.ts";
export type { StatusQueue } from "./status-queue.ts";
export type { Target } from "./target.ts";
export type { WorkQueue } from "./work-queue.ts";

/** A server that is known in every detail, such as our own. Throws a `KubeError` when one of them is wrong. */
export function connectToServer(options: ServerOptions): Connection {
  return connectTo(options);
}

/** The cluster that the user means: from a kubeconfig, or the one that we are a Pod of. Rejects with a `KubeError`. */
export function connectToCluster(options?: FindOptions): Promise<Connection> {
  return findCluster(options);
}

/** To be closed by the caller. */
export function openClient(connection: Connection): KubeClient {
  return new KubeClient(connection);
}

/** Follows a set of kinds until it is closed. */
export function openCluster(options: ClusterOptions): Cluster {
  return new Cluster(options);
}

/** Writes statuses until it is closed. */
export function openStatusQueue(options: StatusQueueOptions): StatusQueue {
  return new StatusQueue(options);
}

/** Works on the latest item of every key until it is closed. */
export function openWorkQueue<Item>(options: WorkQueueOptions<Item>): WorkQueue<Item> {
  return new WorkQueue(options);
}
