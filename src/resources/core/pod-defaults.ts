import { isJsonObject, type JsonObject } from "../json.ts";
import { each, inside, withDefault, withoutEmpty } from "./edits.ts";

/** `latest` moves, so it is pulled every time; that holds where no tag and no digest is given too. */
function pullPolicy(image: unknown): string {
  if (typeof image !== "string" || image.includes("@")) return "IfNotPresent";
  const [, tag = "latest"] = image.slice(image.lastIndexOf("/") + 1).split(":");
  return tag === "latest" ? "Always" : "IfNotPresent";
}

/** Numbers of manifests as the text that they are stored as. */
function quantityText(value: unknown): unknown {
  if (typeof value !== "number") return value;
  return Number.isInteger(value) ? String(value) : `${Math.ceil(value * 1000)}m`;
}

function quantities(list: JsonObject): JsonObject {
  if (!Object.values(list).some((value) => typeof value === "number")) return list;
  return Object.fromEntries(Object.entries(list).map(([name, value]) => [name, quantityText(value)]));
}

function container(given: JsonObject): JsonObject {
  const whole = withoutEmpty(given, "terminationMessagePath", "terminationMessagePolicy");
  const named = withDefault(whole, "imagePullPolicy", pullPolicy(given["image"]));
  return inside(each(named, "ports", containerPort), "resources", (resources) =>
    inside(inside(resources, "limits", quantities), "requests", quantities),
  );
}

const containerPort = (port: JsonObject) => withoutEmpty(port, "name", "protocol", "hostIP");

function volume(given: JsonObject): JsonObject {
  if (Object.entries(given).every(([name, value]) => name === "name" || value === null)) {
    return { ...given, emptyDir: {} };
  }
  return inside(given, "image", (image) => withDefault(image, "pullPolicy", pullPolicy(image["reference"])));
}

const emptyIsAbsent = [
  "restartPolicy",
  "dnsPolicy",
  "schedulerName",
  "nodeName",
  "preemptionPolicy",
  "serviceAccountName",
  "serviceAccount",
];
const containerLists = ["containers", "initContainers", "ephemeralContainers"] as const;

function podSpec(given: JsonObject): JsonObject {
  let spec = each(given, "volumes", volume);
  for (const list of containerLists) spec = each(spec, list, container);
  spec = withoutEmpty(spec, ...emptyIsAbsent);
  const account = spec["serviceAccountName"] || spec["serviceAccount"];
  // The old name of the field is kept up to date.
  if (typeof account !== "string" || account === "") return spec;
  if (account === spec["serviceAccountName"] && account === spec["serviceAccount"]) return spec;
  return { ...spec, serviceAccountName: account, serviceAccount: account };
}

/** Of an object with a pod template at `spec.template`. */
export function templateDefaults(object: JsonObject): JsonObject {
  return inside(object, "spec", (spec) =>
    inside(spec, "template", (template) => inside(template, "spec", podSpec)),
  );
}

function hostPorts(given: JsonObject): JsonObject {
  return each(given, "ports", (port) =>
    port["hostPort"] ? port : { ...port, hostPort: port["containerPort"] },
  );
}

/** What a container may use at most is set aside for it. */
function requests(given: JsonObject): JsonObject {
  return inside(given, "resources", (resources) => {
    const { limits, requests: wanted } = resources;
    if (!isJsonObject(limits)) return resources;
    return { ...resources, requests: { ...limits, ...(isJsonObject(wanted) && wanted) } };
  });
}

/** `podIP` is the first of `podIPs`, whoever wrote only one of them. */
function addresses(status: JsonObject): JsonObject {
  const { podIP = "", podIPs } = status;
  const [first] = Array.isArray(podIPs) ? (podIPs as readonly unknown[]) : [];
  const listed = isJsonObject(first) ? first["ip"] : undefined;
  if (podIP !== "" && podIP !== null)
    return listed === podIP ? status : { ...status, podIPs: [{ ip: podIP }] };
  return listed === undefined ? status : { ...status, podIP: listed };
}

export function podDefaults(pod: JsonObject): JsonObject {
  return inside(inside(pod, "status", addresses), "spec", (given) => {
    let spec = withDefault(podSpec(given), "enableServiceLinks", true);
    for (const list of ["containers", "initContainers"]) {
      spec = each(spec, list, requests);
      if (spec["hostNetwork"] === true) spec = each(spec, list, hostPorts);
    }
    return spec;
  });
}
