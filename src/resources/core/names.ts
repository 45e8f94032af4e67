import { string, type Check } from "../schema/schema.ts";

/** Strings of a known form in built-in kinds; those that Gateway API shares are in `schema/forms.ts`. */

const noDots: Check<string> = (value, fail) => {
  if (value === "." || value === "..") fail(`"${value}" is not a name`);
};

/** RBAC objects may be called anything that fits into a path. */
export const pathSegment = {
  pattern: "^[^/%]+$",
  form: 'a part of a path: without "/" and "%"',
  minLength: 1,
  checks: [noDots],
} as const;

export const optionalLabel = {
  pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$",
  form: 'a DNS label: lower-case letters, digits and "-", with a letter or digit at both ends',
  maxLength: 63,
} as const;

export const rfc1035Label = {
  pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$",
  form: 'a DNS label that starts with a letter: lower-case letters, digits and "-"',
  minLength: 1,
  maxLength: 63,
} as const;

const portNameRules: Check<string> = (value, fail) => {
  if (!/[a-z]/.test(value)) fail("A port name needs a letter", [], "value", "FieldValueRequired");
  if (value.includes("--")) fail('A port name has no "--"');
};

/** RFC 6335 §5.1. */
export const portName = {
  pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
  form: "a port name: at most 15 lower-case letters, digits and single -, with at least one letter",
  minLength: 1,
  maxLength: 15,
  checks: [portNameRules],
} as const;

export function isPortName(value: string): boolean {
  return (
    value.length <= 15 &&
    !value.includes("--") &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value) &&
    /[a-z]/.test(value)
  );
}

export const environmentName = {
  pattern: "^[ -<>-~]+$",
  form: 'the name of an environment variable: printable ASCII without "="',
  minLength: 1,
} as const;

/** Keys of Secrets and ConfigMaps are names of files. */
export const dataKey = string({
  pattern: "^[-._a-zA-Z0-9]+$",
  form: 'a key: letters, digits, "-", "_" and "."',
  minLength: 1,
  maxLength: 253,
  checks: [
    (value, fail) => {
      if (value === "." || value.startsWith("..")) fail('A key is neither "." nor does it start with ".."');
    },
  ],
});

const QUALIFIED =
  "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

export const qualifiedForm = {
  pattern: QUALIFIED,
  form: "a name with an optional domain, such as http or example.com/name",
  minLength: 1,
  maxLength: 317,
} as const;

export const resourceKey = string({
  ...qualifiedForm,
  form: "the name of a resource, such as cpu, memory or example.com/device",
});

export const conditionType = {
  ...qualifiedForm,
  form: "the type of a condition, such as Ready or example.com/Ready",
} as const;

/** 0 is none. */
export const nodePortNumber = { format: "int32", min: 0, max: 65535 } as const;

/** Rights of a file, in decimal. */
export const fileMode = { format: "int32", min: 0, max: 0o777 } as const;

export const sysctlName = {
  pattern: "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
  form: "the name of a kernel setting, such as net.core.somaxconn",
  minLength: 1,
  maxLength: 253,
} as const;

export const headerName = {
  pattern: "^[-A-Za-z0-9]+$",
  form: "the name of a header field: letters, digits and -",
  minLength: 1,
} as const;

export const controllerPath = {
  pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+$",
  form: "a domain and a path, such as example.com/controller",
  minLength: 1,
  maxLength: 250,
} as const;

export const celName = {
  pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
  form: "a CEL identifier: letters, digits and _, not starting with a digit",
  minLength: 1,
} as const;

export const kindForm = {
  pattern: "^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$",
  form: "the name of a kind, such as ConfigMap",
  minLength: 1,
  maxLength: 63,
} as const;

/** The signer comes first, with ":" for "/"; `nameFitsSigner` compares. */
export const trustBundleName = {
  pattern: "^([a-zA-Z0-9.\\-_]+:)*[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
  form: "SIGNER:NAME for a bundle with a signer, or a DNS name for one without",
  minLength: 1,
  maxLength: 571,
} as const;
