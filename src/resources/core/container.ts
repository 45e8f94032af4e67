import { dnsLabel, portNumber } from "../schema/forms.ts";
import { array, type Check, integer, object, optional, string } from "../schema/schema.ts";
import { localPath, noBacksteps } from "./checks.ts";
import { containerResizePolicy, resourceRequirements } from "./container-resources.ts";
import { envFromSource, envVar } from "./environment.ts";
import { described, optionalBoolean, optionalString, protocol } from "./fields.ts";
import { nodePortNumber, portName } from "./names.ts";
import { lifecycle, probe } from "./probe.ts";
import { securityContext } from "./security-context.ts";

const imageGiven: Check<{ readonly image?: string }> = ({ image = "" }, fail) => {
  if (image === "") fail("A container needs an image", ["image"], "key", "FieldValueRequired");
};

const distinctPortNames: Check<readonly { readonly name?: string }[]> = (ports, fail) => {
  const names = new Set<string>();
  ports.forEach(({ name }, index) => {
    if (name === undefined) return;
    if (names.has(name))
      fail(
        `Port name "${name}" is taken by an earlier port`,
        [index, "name"],
        "value",
        "FieldValueDuplicate",
      );
    names.add(name);
  });
};

const containerPort = object(
  {
    containerPort: integer({ description: "The port inside the pod.", ...portNumber }),
    hostIP: optionalString,
    hostPort: optional(integer({ description: "The same port on the node.", ...nodePortNumber })),
    name: optional(string({ description: "A name that Services may use for it.", ...portName })),
    protocol,
  },
  { description: "A port that the container listens on." },
);

const containerRestartRuleOnExitCodes = object({
  operator: string({ enum: ["In", "NotIn"] }),
  values: optional(array(integer({ format: "int32" }), { set: true })),
});

const containerRestartRule = object({
  action: string({ enum: ["Restart", "RestartAllContainers"] }),
  exitCodes: optional(containerRestartRuleOnExitCodes),
});

const volumeDevice = object({ devicePath: string({ minLength: 1, checks: [noBacksteps] }), name: string() });

const volumeMount = object({
  mountPath: string({ description: "Path in the container.", minLength: 1 }),
  mountPropagation: optional(string({ enum: ["None", "HostToContainer", "Bidirectional"] })),
  name: string({ description: "Name of the volume.", minLength: 1 }),
  readOnly: optionalBoolean,
  recursiveReadOnly: optional(string({ enum: ["Disabled", "IfPossible", "Enabled"] })),
  subPath: optional(string({ description: "Path in the volume.", checks: [localPath] })),
  subPathExpr: optional(string({ checks: [localPath] })),
});

/** What containers of all sorts have. */
const containerFields = {
  args: optional(array(string(), { description: "Arguments, instead of the CMD of the image." })),
  command: optional(
    array(string(), {
      description: "The program and its first arguments, instead of the ENTRYPOINT of the image.",
    }),
  ),
  env: optional(
    array(envVar, {
      mapKeys: ["name"],
      patchMergeKey: "name",
      description: "Environment variables.",
      repeats: true,
    }),
  ),
  envFrom: optional(
    array(envFromSource, { description: "Whole ConfigMaps and Secrets as environment variables." }),
  ),
  image: optional(string({ description: "What is run: [REGISTRY/]NAME[:TAG][@DIGEST]." })),
  imagePullPolicy: optional(
    string({
      description: "Always for the tag latest, IfNotPresent for others, unless said.",
      enum: ["Always", "Never", "IfNotPresent"],
    }),
  ),
  lifecycle: optional(described(lifecycle, "What is done after the start and before the end.")),
  livenessProbe: optional(described(probe, "Restarts the container when it fails.")),
  name: string({ description: "Unique in the pod.", ...dnsLabel }),
  ports: optional(
    array(containerPort, {
      mapKeys: ["containerPort", "protocol"],
      patchMergeKey: "containerPort",
      description: "Ports that the container listens on, for the reader and for names.",
      repeats: true,
      checks: [distinctPortNames],
    }),
  ),
  readinessProbe: optional(described(probe, "Takes the pod out of its Services while it fails.")),
  resizePolicy: optional(array(containerResizePolicy)),
  resources: {
    ...resourceRequirements,
    description: "How much it may use, and how much is set aside for it.",
    default: {},
  },
  restartPolicy: optional(
    string({
      description: "Always makes an init container a sidecar.",
      enum: ["Always", "OnFailure", "Never"],
    }),
  ),
  restartPolicyRules: optional(array(containerRestartRule)),
  securityContext: optional(
    described(securityContext, "Rights of the processes; wins over that of the pod."),
  ),
  startupProbe: optional(described(probe, "Holds back the other probes until it has succeeded.")),
  stdin: optionalBoolean,
  stdinOnce: optionalBoolean,
  terminationMessagePath: string({ default: "/dev/termination-log" }),
  terminationMessagePolicy: string({ enum: ["File", "FallbackToLogsOnError"], default: "File" }),
  tty: optionalBoolean,
  volumeDevices: optional(array(volumeDevice, { mapKeys: ["devicePath"], patchMergeKey: "devicePath" })),
  volumeMounts: optional(
    array(volumeMount, {
      mapKeys: ["mountPath"],
      patchMergeKey: "mountPath",
      description: "Where volumes of the pod appear in it.",
    }),
  ),
  workingDir: optional(string({ description: "Where it starts; what the image says unless said." })),
};

export const container = object(containerFields, {
  description: "One program of a pod.",
  checks: [imageGiven],
});

export const ephemeralContainer = object(
  { ...containerFields, targetContainerName: optionalString },
  { checks: [imageGiven] },
);
