import type { Kind } from "../kind.ts";
import { age, labelText, nameColumn, part, parts, templateColumns, text, texts } from "./cells.ts";
import { builtIn, replicaScale } from "./define.ts";
import * as columns from "./kept-columns.ts";
import * as schemas from "./kept-schemas.ts";

const { at, cell, number, numberAt } = columns;
const { kept } = schemas;

type Rest = Partial<Parameters<typeof builtIn>[0]>;

const cluster = { namespaced: false } as const;
const statusful = { status: true } as const;
const extension = { ...cluster, categories: ["api-extensions"] } as const;

/** `Kind plural`, and what is special about it. */
function define(group: string, names: string, schema: Rest["schema"] & object, rest: Rest = {}): Kind {
  const [kind, plural] = names.split(" ") as [string, string];
  return builtIn({ kind, plural, group, schema, ...rest });
}

const apps: readonly Kind[] = [
  define("apps", "StatefulSet statefulsets", schemas.statefulSetSchema, {
    ...statusful,
    shortNames: ["sts"],
    categories: ["all"],
    scale: replicaScale,
    columns: [columns.ratio("status.readyReplicas", "spec.replicas"), age, ...templateColumns],
  }),
  define("apps", "DaemonSet daemonsets", schemas.daemonSetSchema, {
    ...statusful,
    shortNames: ["ds"],
    categories: ["all"],
    columns: [
      numberAt("Desired", "status.desiredNumberScheduled"),
      numberAt("Current", "status.currentNumberScheduled"),
      numberAt("Ready", "status.numberReady"),
      numberAt("Up-to-date", "status.updatedNumberScheduled"),
      numberAt("Available", "status.numberAvailable"),
      cell("Node Selector", (object) => labelText(part(object, "spec", "template", "spec", "nodeSelector"))),
      age,
      ...templateColumns,
    ],
  }),
  define("apps", "ControllerRevision controllerrevisions", kept("A state that a workload has been in."), {
    columns: [columns.controller, at("Revision", "revision", "0"), age],
  }),
  define("batch", "Job jobs", schemas.jobSchema, {
    ...statusful,
    categories: ["all"],
    selectable: [".status.successful"],
    columns: [...columns.jobColumns, age, ...templateColumns],
  }),
  define("batch", "CronJob cronjobs", schemas.cronJobSchema, {
    ...statusful,
    shortNames: ["cj"],
    categories: ["all"],
    columns: [
      at("Schedule", "spec.schedule"),
      at("Timezone", "spec.timeZone", "<none>"),
      cell("Suspend", (object) => (part(object, "spec")["suspend"] === true ? "True" : "False")),
      number("Active", (object) => parts(part(object, "status"), "active").length),
      columns.lastSchedule,
      age,
    ],
  }),
  define(
    "autoscaling",
    "HorizontalPodAutoscaler horizontalpodautoscalers",
    schemas.horizontalPodAutoscalerSchema,
    {
      ...statusful,
      versions: ["v2"],
      shortNames: ["hpa"],
      categories: ["all"],
      columns: [
        cell("Reference", (object) => {
          const target = part(object, "spec", "scaleTargetRef");
          return `${text(target, "kind")}/${text(target, "name")}`;
        }),
        at("MinPods", "spec.minReplicas", "<unset>"),
        numberAt("MaxPods", "spec.maxReplicas"),
        numberAt("Replicas", "status.currentReplicas"),
        age,
      ],
    },
  ),
  define("policy", "PodDisruptionBudget poddisruptionbudgets", kept("How many pods may be away at a time."), {
    ...statusful,
    shortNames: ["pdb"],
    columns: [
      at("Min Available", "spec.minAvailable", "N/A"),
      at("Max Unavailable", "spec.maxUnavailable", "N/A"),
      numberAt("Allowed Disruptions", "status.disruptionsAllowed"),
      age,
    ],
  }),
];

const core: readonly Kind[] = [
  define("", "ReplicationController replicationcontrollers", schemas.replicationControllerSchema, {
    ...statusful,
    shortNames: ["rc"],
    categories: ["all"],
    scale: replicaScale,
    selectable: [".status.replicas"],
    columns: [
      numberAt("Desired", "spec.replicas"),
      numberAt("Current", "status.replicas"),
      numberAt("Ready", "status.readyReplicas"),
      age,
      ...templateColumns,
    ],
  }),
  define("", "PodTemplate podtemplates", schemas.podTemplateSchema),
  define("", "PersistentVolume persistentvolumes", schemas.persistentVolumeSchema, {
    ...cluster,
    ...statusful,
    shortNames: ["pv"],
    columns: [
      at("Capacity", "spec.capacity.storage", "0"),
      columns.accessModes("spec"),
      at("Reclaim Policy", "spec.persistentVolumeReclaimPolicy"),
      columns.phase,
      columns.claim,
      at("StorageClass", "spec.storageClassName"),
      at("VolumeAttributesClass", "spec.volumeAttributesClassName", "<unset>"),
      at("Reason", "status.reason"),
      age,
      { ...at("VolumeMode", "spec.volumeMode", "<unset>"), priority: 1 },
    ],
  }),
  define("", "PersistentVolumeClaim persistentvolumeclaims", schemas.persistentVolumeClaimSchema, {
    ...statusful,
    shortNames: ["pvc"],
    columns: [
      columns.phase,
      at("Volume", "spec.volumeName"),
      at("Capacity", "status.capacity.storage"),
      columns.accessModes("status"),
      at("StorageClass", "spec.storageClassName"),
      at("VolumeAttributesClass", "spec.volumeAttributesClassName", "<unset>"),
      age,
      { ...at("VolumeMode", "spec.volumeMode", "<unset>"), priority: 1 },
    ],
  }),
  define("", "ResourceQuota resourcequotas", kept("How much a namespace may use."), {
    ...statusful,
    shortNames: ["quota"],
    columns: [columns.quota("Request"), columns.quota("Limit"), age],
  }),
  define("", "LimitRange limitranges", kept("How much each object of a namespace may use."), {
    shortNames: ["limits"],
    columns: [],
  }),
];

const storage: readonly Kind[] = [
  define("storage.k8s.io", "StorageClass storageclasses", schemas.storageClassSchema, {
    ...cluster,
    shortNames: ["sc"],
    columns: [
      nameColumn("storageclass.kubernetes.io/is-default-class"),
      at("Provisioner", "provisioner"),
      at("ReclaimPolicy", "reclaimPolicy", "Delete"),
      at("VolumeBindingMode", "volumeBindingMode", "Immediate"),
      cell("AllowVolumeExpansion", (object) => object["allowVolumeExpansion"] === true),
      age,
    ],
  }),
  define("storage.k8s.io", "VolumeAttachment volumeattachments", kept("A volume that is to be on a node."), {
    ...cluster,
    ...statusful,
    columns: [
      at("Attacher", "spec.attacher"),
      at("PV", "spec.source.persistentVolumeName"),
      at("Node", "spec.nodeName"),
      cell("Attached", (object) => part(object, "status")["attached"] === true),
      age,
    ],
  }),
  define("storage.k8s.io", "CSIDriver csidrivers", schemas.csiDriverSchema, {
    ...cluster,
    columns: [
      cell("AttachRequired", (object) => part(object, "spec")["attachRequired"] !== false),
      cell("PodInfoOnMount", (object) => part(object, "spec")["podInfoOnMount"] === true),
      cell("StorageCapacity", (object) => part(object, "spec")["storageCapacity"] === true),
      cell("TokenRequests", (object) =>
        part(object, "spec")["tokenRequests"] === undefined
          ? "<unset>"
          : parts(part(object, "spec"), "tokenRequests")
              .map((one) => text(one, "audience"))
              .join(","),
      ),
      cell("RequiresRepublish", (object) => part(object, "spec")["requiresRepublish"] === true),
      cell("Modes", (object) => texts(part(object, "spec"), "volumeLifecycleModes").join(",") || "<none>"),
      age,
    ],
  }),
  define("storage.k8s.io", "CSINode csinodes", kept("Drivers of storage on a node."), {
    ...cluster,
    columns: [number("Drivers", (object) => parts(part(object, "spec"), "drivers").length), age],
  }),
  define("storage.k8s.io", "CSIStorageCapacity csistoragecapacities", kept("How much storage is left."), {
    columns: [at("StorageClassName", "storageClassName"), at("Capacity", "capacity", "<unset>")],
  }),
  define("storage.k8s.io", "VolumeAttributesClass volumeattributesclasses", kept("Properties of volumes."), {
    ...cluster,
    shortNames: ["vac"],
    columns: [at("DriverName", "driverName"), age],
  }),
];

const scheduling: readonly Kind[] = [
  define("scheduling.k8s.io", "PriorityClass priorityclasses", schemas.priorityClassSchema, {
    ...cluster,
    shortNames: ["pc"],
    columns: [
      numberAt("Value", "value"),
      cell("Global-Default", (object) => object["globalDefault"] === true),
      age,
      at("PreemptionPolicy", "preemptionPolicy"),
    ],
  }),
  define("node.k8s.io", "RuntimeClass runtimeclasses", kept("A way to run containers."), {
    ...cluster,
    columns: [at("Handler", "handler"), age],
  }),
  define("resource.k8s.io", "ResourceClaim resourceclaims", kept("A wish for devices."), {
    ...statusful,
    columns: [columns.claimState, age],
  }),
  define(
    "resource.k8s.io",
    "ResourceClaimTemplate resourceclaimtemplates",
    kept("What wishes for devices look like."),
  ),
  define("resource.k8s.io", "ResourceSlice resourceslices", kept("Devices of a driver."), {
    ...cluster,
    selectable: [".spec.nodeName", ".spec.driver"],
    columns: [at("Node", "spec.nodeName"), at("Driver", "spec.driver"), at("Pool", "spec.pool.name"), age],
  }),
  define("resource.k8s.io", "DeviceClass deviceclasses", kept("A kind of devices."), cluster),
];

const networking: readonly Kind[] = [
  define("networking.k8s.io", "NetworkPolicy networkpolicies", kept("Which traffic pods may have."), {
    shortNames: ["netpol"],
    columns: [columns.podSelector, age],
  }),
  define("networking.k8s.io", "ServiceCIDR servicecidrs", kept("Where addresses of Services come from."), {
    ...cluster,
    ...statusful,
    columns: [cell("CIDRs", (object) => texts(part(object, "spec"), "cidrs").join(",")), age],
  }),
  define("networking.k8s.io", "IPAddress ipaddresses", kept("An address that a Service has."), {
    ...cluster,
    shortNames: ["ip"],
    selectable: [".spec.parentRef"],
    columns: [columns.parent, age],
  }),
];

const server: readonly Kind[] = [
  define(
    "certificates.k8s.io",
    "CertificateSigningRequest certificatesigningrequests",
    kept("A wish for a certificate."),
    {
      ...cluster,
      ...statusful,
      shortNames: ["csr"],
      selectable: [".spec.signerName"],
      columns: [
        age,
        at("SignerName", "spec.signerName", "<none>"),
        at("Requestor", "spec.username"),
        columns.requestedDuration,
        columns.requestCondition,
      ],
    },
  ),
  define("flowcontrol.apiserver.k8s.io", "FlowSchema flowschemas", schemas.flowSchemaSchema, {
    ...cluster,
    ...statusful,
    columns: [
      at("PriorityLevel", "spec.priorityLevelConfiguration.name"),
      numberAt("MatchingPrecedence", "spec.matchingPrecedence"),
      at("DistinguisherMethod", "spec.distinguisherMethod.type", "<none>"),
      age,
      cell("MissingPL", (object) => {
        const dangling = parts(part(object, "status"), "conditions").find(
          (one) => text(one, "type") === "Dangling",
        );
        return dangling === undefined ? "?" : text(dangling, "status");
      }),
    ],
  }),
  define(
    "flowcontrol.apiserver.k8s.io",
    "PriorityLevelConfiguration prioritylevelconfigurations",
    kept("How many requests of a level are served at a time."),
    {
      ...cluster,
      ...statusful,
      columns: [
        at("Type", "spec.type"),
        at("NominalConcurrencyShares", "spec.limited.nominalConcurrencyShares", "<none>"),
        at("Queues", "spec.limited.limitResponse.queuing.queues", "<none>"),
        at("HandSize", "spec.limited.limitResponse.queuing.handSize", "<none>"),
        at("QueueLengthLimit", "spec.limited.limitResponse.queuing.queueLengthLimit", "<none>"),
        age,
      ],
    },
  ),
  ...["Mutating mutating", "Validating validating"].map((names) => {
    const [kind, plural] = names.split(" ") as [string, string];
    return define(
      "admissionregistration.k8s.io",
      `${kind}WebhookConfiguration ${plural}webhookconfigurations`,
      kept("Whom the server asks before it writes."),
      { ...extension, columns: [number("Webhooks", (object) => parts(object, "webhooks").length), age] },
    );
  }),
  define(
    "admissionregistration.k8s.io",
    "MutatingAdmissionPolicy mutatingadmissionpolicies",
    kept("Changes in CEL that are made to writes."),
    {
      ...extension,
      columns: [number("Mutations", (object) => parts(part(object, "spec"), "mutations").length), age],
    },
  ),
  define(
    "admissionregistration.k8s.io",
    "MutatingAdmissionPolicyBinding mutatingadmissionpolicybindings",
    kept("Where a MutatingAdmissionPolicy holds."),
    { ...extension, columns: [at("PolicyName", "spec.policyName"), age] },
  ),
  define("apiregistration.k8s.io", "APIService apiservices", kept("Who serves a version of a group."), {
    ...extension,
    ...statusful,
    columns: [columns.serviceStatus, columns.available, age],
  }),
];

/**
 * Kinds that controllers, schedulers and tools of Kubernetes 1.36 list or write. Nothing here acts on them, so they
 * are kept as they are: their fields are stored and given back without being looked at, `metadata` excepted.
 */
export const keptKinds: readonly Kind[] = [
  ...core,
  ...apps,
  ...storage,
  ...scheduling,
  ...networking,
  ...server,
];
