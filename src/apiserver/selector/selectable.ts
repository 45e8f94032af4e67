/**
 * What field selectors may name on built-in kinds, besides `metadata.name` and `metadata.namespace`
 * (kube-apiserver's field label conversions and the `ToSelectableFields` of its registries).
 * Key: `resourceName(kind)`. Value: by label, where the value is read when it is not at the path of that name, and
 * what an absent one reads as when that is not the empty text.
 */
export interface Selectable {
  readonly path?: string;
  /** Tried in this order after `path`. */
  readonly or?: string;
  readonly absent?: string;
}

type Fields = Readonly<Record<string, Selectable>>;

const plain: Selectable = {};

function reference(name: string): Fields {
  const members = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];
  return Object.fromEntries(members.map((member) => [`${name}.${member}`, plain]));
}

const tables: Readonly<Record<string, Fields>> = {
  pods: {
    "spec.nodeName": plain,
    "spec.host": { path: "spec.nodeName" },
    "spec.restartPolicy": plain,
    "spec.schedulerName": plain,
    "spec.serviceAccountName": plain,
    "spec.hostNetwork": { absent: "false" },
    "status.phase": plain,
    "status.podIP": { path: "status.podIPs.0.ip", or: "status.podIP" },
    "status.nominatedNodeName": plain,
  },
  nodes: { "spec.unschedulable": { absent: "false" } },
  replicationcontrollers: { "status.replicas": { absent: "0" } },
  "replicasets.apps": { "status.replicas": { absent: "0" } },
  "jobs.batch": { "status.successful": { path: "status.succeeded", absent: "0" } },
  namespaces: { "status.phase": plain },
  secrets: { type: plain },
  services: { "spec.clusterIP": plain, "spec.type": plain },
  "certificatesigningrequests.certificates.k8s.io": { "spec.signerName": plain },
  "clustertrustbundles.certificates.k8s.io": { "spec.signerName": plain },
  "resourceslices.resource.k8s.io": { "spec.nodeName": plain, "spec.driver": plain },
  events: {
    ...reference("involvedObject"),
    reason: plain,
    reportingComponent: plain,
    source: { path: "source.component", or: "reportingComponent" },
    type: plain,
  },
  "events.events.k8s.io": {
    ...reference("regarding"),
    reason: plain,
    reportingController: plain,
    type: plain,
  },
};

export function selectableFields(resource: string): Fields {
  return Object.hasOwn(tables, resource) ? tables[resource]! : {};
}
