import { array, type Check, integer, object, optional, string } from "../schema/schema.ts";
import { optionalBoolean, optionalString, optionalStrings } from "./fields.ts";
import { sysctlName } from "./names.ts";

const localhostProfile: Check<{ readonly type: string; readonly localhostProfile?: string }> = (
  profile,
  fail,
) => {
  const given = (profile.localhostProfile ?? "") !== "";
  if (profile.type === "Localhost" && !given) {
    fail("The type Localhost needs the name of a profile", ["localhostProfile"], "key", "FieldValueRequired");
  } else if (profile.type !== "Localhost" && given) {
    fail("Goes with the type Localhost only", ["localhostProfile"], "key", "FieldValueForbidden");
  }
};

interface Privileges {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[] };
}

const privilegeFits: Check<Privileges> = ({ privileged, allowPrivilegeEscalation, capabilities }, fail) => {
  if (allowPrivilegeEscalation !== false) return;
  if (privileged === true) fail("Cannot be false where privileged is true", ["allowPrivilegeEscalation"]);
  if ((capabilities?.add ?? []).some((name) => name === "CAP_SYS_ADMIN" || name === "SYS_ADMIN")) {
    fail("Cannot be false where CAP_SYS_ADMIN is added", ["allowPrivilegeEscalation"]);
  }
};

const appArmorProfile = object(
  { localhostProfile: optionalString, type: string({ enum: ["Localhost", "RuntimeDefault", "Unconfined"] }) },
  { checks: [localhostProfile] },
);

const capabilities = object({ add: optionalStrings, drop: optionalStrings });

const seLinuxOptions = object({
  level: optionalString,
  role: optionalString,
  type: optionalString,
  user: optionalString,
});

const seccompProfile = object(
  { localhostProfile: optionalString, type: string({ enum: ["Localhost", "RuntimeDefault", "Unconfined"] }) },
  { checks: [localhostProfile] },
);

const windowsSecurityContextOptions = object({
  gmsaCredentialSpec: optionalString,
  gmsaCredentialSpecName: optionalString,
  hostProcess: optionalBoolean,
  runAsUserName: optionalString,
});

export const securityContext = object(
  {
    allowPrivilegeEscalation: optionalBoolean,
    appArmorProfile: optional(appArmorProfile),
    capabilities: optional(capabilities),
    privileged: optionalBoolean,
    procMount: optional(string({ enum: ["Default", "Unmasked"] })),
    readOnlyRootFilesystem: optionalBoolean,
    runAsGroup: optional(integer({ format: "int64", min: 0, max: 2147483647 })),
    runAsNonRoot: optionalBoolean,
    runAsUser: optional(integer({ format: "int64", min: 0, max: 2147483647 })),
    seLinuxOptions: optional(seLinuxOptions),
    seccompProfile: optional(seccompProfile),
    windowsOptions: optional(windowsSecurityContextOptions),
  },
  { checks: [privilegeFits] },
);

const sysctl = object({ name: string(sysctlName), value: string() });

export const podSecurityContext = object({
  appArmorProfile: optional(appArmorProfile),
  fsGroup: optional(integer({ format: "int64", min: 0, max: 2147483647 })),
  fsGroupChangePolicy: optional(string({ enum: ["OnRootMismatch", "Always"] })),
  runAsGroup: optional(integer({ format: "int64", min: 0, max: 2147483647 })),
  runAsNonRoot: optionalBoolean,
  runAsUser: optional(integer({ format: "int64", min: 0, max: 2147483647 })),
  seLinuxChangePolicy: optional(string({ enum: ["MountOption", "Recursive"] })),
  seLinuxOptions: optional(seLinuxOptions),
  seccompProfile: optional(seccompProfile),
  supplementalGroups: optional(array(integer({ format: "int64" }))),
  supplementalGroupsPolicy: optional(string({ enum: ["Merge", "Strict"] })),
  sysctls: optional(array(sysctl)),
  windowsOptions: optional(windowsSecurityContextOptions),
});
