import { builtIn, topLevel } from "./define.ts";
import { described } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { podColumns } from "./pod-columns.ts";
import { podSpec } from "./pod-spec.ts";
import { podStatus } from "./pod-status.ts";
import type { Resource } from "../resource.ts";
import type { Infer } from "../schema/schema.ts";

const podSchema = topLevel(
  {
    metadata: metadata(),
    spec: described(podSpec, "What is to run."),
    status: { ...podStatus, description: "How it runs.", default: {} },
  },
  { description: "Containers that run together on one node." },
);

export const podKind = builtIn({
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  categories: ["all"],
  schema: podSchema,
  status: true,
  selectable: [
    ".spec.nodeName",
    ".spec.restartPolicy",
    ".spec.schedulerName",
    ".spec.serviceAccountName",
    ".spec.hostNetwork",
    ".status.phase",
    ".status.podIP",
    ".status.nominatedNodeName",
  ],
  columns: podColumns,
});

export interface Pod extends Resource {
  readonly kind: "Pod";
  readonly status?: Infer<typeof podStatus>;
}
