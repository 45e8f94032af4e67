import { resourceName, type Kind } from "../../resources/kind.ts";
import type { FieldError } from "../../resources/schema/validate.ts";
import { ApiError, type Cause, type Details } from "../error.ts";

/** The refusals that every kind shares, in the wording that clients of Kubernetes look for. */

function detailsOf(kind: Kind, name: string): Details {
  return { ...(name !== "" && { name }), ...(kind.group !== "" && { group: kind.group }), kind: kind.plural };
}

export function notFound(kind: Kind, name: string): ApiError {
  return new ApiError("NotFound", `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));
}

export function alreadyExists(kind: Kind, name: string): ApiError {
  const message = `${resourceName(kind)} "${name}" already exists`;
  return new ApiError("AlreadyExists", message, detailsOf(kind, name));
}

export function conflict(kind: Kind, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`;
  return new ApiError("Conflict", message, detailsOf(kind, name));
}

export const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

export function forbidden(kind: Kind, name: string, why: string): ApiError {
  const message = `${resourceName(kind)} "${name}" is forbidden: ${why}`;
  return new ApiError("Forbidden", message, detailsOf(kind, name));
}

/** Controllers know by the cause that there is nothing more for them to do. */
export function namespaceTerminating(kind: Kind, name: string, namespace: string): ApiError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { message, details } = forbidden(kind, name, why);
  const field = "metadata.namespace";
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field,
  };
  return new ApiError("Forbidden", message, { ...details, causes: [cause] });
}

export function definitionTerminating(kind: Kind): ApiError {
  const message = `create not allowed on ${resourceName(kind)} while its custom resource definition is terminating`;
  return new ApiError("MethodNotAllowed", message, detailsOf(kind, ""));
}

/** All faults of one object in one answer. */
export function invalid(kind: Kind, name: string, causes: readonly Cause[]): ApiError {
  const type = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const listed = causes.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`));
  const text = listed.length === 1 ? listed[0] : `[${listed.join(", ")}]`;
  const details = { ...detailsOf(kind, name), kind: kind.kind, causes };
  return new ApiError("Invalid", `${type} "${name}" is invalid: ${text}`, details);
}

const labels: Readonly<Record<string, string>> = {
  FieldValueRequired: "Required value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
};
const SHOWN_VALUE = 200;
const SHOWN_CHOICES = 20;

/** A fault of validation as a cause: its place as `spec.rules[0].name`, what stood there, what is allowed. */
export function causeOf(error: FieldError): Cause {
  const parts = [labels[error.reason] ?? "Invalid value"];
  if (error.value !== undefined) {
    const shown = JSON.stringify(error.value);
    parts.push(shown.length > SHOWN_VALUE ? `${shown.slice(0, SHOWN_VALUE)}…` : shown);
  }
  parts.push(error.message);
  if (error.suggestion !== undefined) parts.push(`did you mean "${error.suggestion}"?`);
  else if (error.allowed !== undefined && error.allowed.length > 0) {
    parts.push(`allowed are ${error.allowed.slice(0, SHOWN_CHOICES).join(", ")}`);
  }
  return { reason: error.reason, message: parts.join(": "), field: fieldOf(error.path) };
}

/** `spec.rules[0].matches`; map keys that are no identifiers stand in brackets: `metadata.labels[a/b]`. */
export function fieldOf(path: readonly (string | number)[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${part}]`;
  }
  return text;
}
