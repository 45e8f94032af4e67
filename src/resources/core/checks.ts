import { isIP } from "node:net";
import { equalValues } from "../equality.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Check } from "../schema/schema.ts";
import { isPortName, portName } from "./names.ts";

/** Rules that several kinds share. */

const present = (value: object, names: readonly string[]): readonly string[] => {
  const fields = value as Readonly<Record<string, unknown>>;
  return names.filter((name) => fields[name] !== undefined && fields[name] !== "");
};

/** Of these fields one must be there, and no other. */
export function exactlyOne(...names: readonly string[]): Check<object> {
  return (value, fail) => {
    const given = present(value, names);
    if (given.length === 0) fail(`One is missing: ${names.join(", ")}`, [], "value", "FieldValueRequired");
    else
      for (const name of given.slice(1))
        fail(`Cannot stand beside "${given[0]}": choose one`, [name], "key", "FieldValueForbidden");
  };
}

/** These fields keep the value that the object was made with. */
export function immutable(...names: readonly string[]): Check<object> {
  return (value, fail, previous) => {
    if (!isJsonObject(previous)) return;
    const fields = value as JsonObject;
    for (const name of names) {
      const old = previous[name];
      if (old !== undefined && !equalValues(fields[name], old)) fail(CANNOT_CHANGE, [name], "value");
    }
  };
}

/** ConfigMaps and Secrets: whoever says `immutable: true` means it, the field itself included. */
export const immutableOnceSaid: Check<object> = (value, fail, previous) => {
  if (!isJsonObject(previous) || previous["immutable"] !== true) return;
  for (const name of ["data", "binaryData", "immutable"])
    if (!equalValues((value as JsonObject)[name], previous[name]))
      fail(CANNOT_CHANGE, [name], "value", "FieldValueForbidden");
};

export const CANNOT_CHANGE = "Cannot be changed: delete the object and create it anew";

export const ipAddress: Check<string> = (value, fail) => {
  if (isIP(value) === 0) fail(`${shown(value)} is not an IP address such as 192.0.2.1 or 2001:db8::1`);
};

export const cidrBlock: Check<string> = (value, fail) => {
  const [address = "", length = "", ...rest] = value.trim().split("/");
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  if (family === 0 || rest.length > 0 || !/^[0-9]{1,3}$/.test(length) || Number(length) > most) {
    fail(`${shown(value)} is not a block of addresses such as 192.0.2.0/24 or 2001:db8::/32`);
  }
};

/** Endpoints are elsewhere: no link-local, multicast or unspecified addresses. */
export const routableAddress: Check<string> = (value, fail) => {
  if (isIP(value) === 0) return ipAddress(value, fail);
  if (isSpecial(value)) fail(`${value} cannot be an endpoint: it is unspecified, link-local or multicast`);
};

/**
 * Kubernetes refuses loopback addresses too. Here they are allowed, since on a laptop that is where the backends of
 * a `run` are (docs/decisions/0012).
 */
/**
 * kube-apiserver refuses loopback addresses too. Here they are what people have: a backend that runs on the same
 * machine, without a cluster.
 */
export function isSpecial(address: string): boolean {
  const lower = address.toLowerCase();
  return isIP(address) === 4
    ? /^(0\.0\.0\.0$|169\.254\.|224\.0\.0\.)/.test(lower)
    : /^(::$|fe[89ab][0-9a-f]:|ff02:)/.test(lower);
}

export const portOrName: Check<number | string> = (value, fail) => {
  if (typeof value === "number") {
    if (value < 1 || value > 65535) fail(`${value} is not a port: 1 to 65535`);
  } else if (!isPortName(value)) {
    fail(`${shown(value)} is not ${portName.form}`);
  }
};

/** A number of pods, or a percentage of them. */
export const countOrPercent: Check<number | string> = (value, fail) => {
  if (typeof value === "number" ? value < 0 : !/^[0-9]{1,9}%$/.test(value)) {
    fail(`${shown(value)} is neither a number of pods nor a percentage such as 25%`);
  }
};

/** Stays below where it starts. */
export const localPath: Check<string> = (value, fail) => {
  if (value.startsWith("/")) fail('Path must not start with "/"');
  else noBacksteps(value, fail);
};

export const noBacksteps: Check<string> = (value, fail) => {
  if (value.split("/").includes("..")) fail('Path must not contain ".."');
};

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

export function isSubdomain(value: string): boolean {
  return value.length <= 253 && value.split(".").every((label) => LABEL.test(label));
}

/** A host, or a wildcard for its first label. */
export const wildcardHost: Check<string> = (value, fail) => {
  if (!isSubdomain(value.startsWith("*.") ? value.slice(2) : value)) {
    fail(`${shown(value)} is not a lower-case host name such as a.example.com or *.example.com`);
  }
};

/** Characters of a value that a message repeats. */
const SHOWN_LENGTH = 80;

export function shown(value: unknown): string {
  const text = String(value);
  return JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
}
