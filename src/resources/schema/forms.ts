import { string } from "./schema.ts";

/** Strings of a known form. The patterns are those of the API, each linear in the length of its input. */
const SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const QUALIFIED_NAME = `^(${SUBDOMAIN}/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$`;

export const dnsLabel = {
  pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
  form: 'a DNS label: lower-case letters, digits and "-", with a letter or digit at both ends',
  minLength: 1,
  maxLength: 63,
} as const;

export const dnsSubdomain = {
  pattern: `^${SUBDOMAIN}$`,
  form: 'a DNS name: lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each label',
  minLength: 1,
  maxLength: 253,
} as const;

export const hostname = {
  pattern: `^(\\*\\.)?${SUBDOMAIN}$`,
  form: "a lower-case host name such as a.example.com or *.example.com, without a port",
  minLength: 1,
  maxLength: 253,
} as const;

export const preciseHostname = {
  ...dnsSubdomain,
  form: "a lower-case host name such as a.example.com, without a wildcard and a port",
} as const;

export const group = {
  pattern: `^$|^${SUBDOMAIN}$`,
  form: 'an API group: "" for core, or a DNS name without a version',
  maxLength: 253,
} as const;

export const kindName = {
  pattern: "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$",
  form: "the name of a kind, such as Service",
  minLength: 1,
  maxLength: 63,
} as const;

/** What a reference calls an object; the other kind decides what its names look like. */
export const objectName = { minLength: 1, maxLength: 253 } as const;

/**
 * RFC 9110 §5.5. The standard channel takes any string and the experimental one less than the RFC (no two
 * spaces in a row); what can be sent as a field value is allowed, line breaks never are.
 */

/** GEP-2257. */
export const duration = {
  pattern: "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
  form: "a duration: whole numbers with units, such as 10s, 500ms or 1h30m",
} as const;

/** Characters of an RFC 3986 path. */
export const urlPath = {
  pattern: "^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$",
  form: "a URL path: letters, digits, %-escapes and /-._~!$&'()*+,;=:@",
  maxLength: 1024,
} as const;

/** The API asks for less than the length of a DNS name. */
const PREFIX_LENGTH = 253;

/** Keys of labels and annotations. */
export const qualifiedName = string({
  pattern: QUALIFIED_NAME,
  form: "a label or annotation key: an optional DNS name and /, then up to 63 letters, digits, - _ .",
  checks: [
    (key, fail) => {
      if (key.split("/")[0]!.length >= PREFIX_LENGTH) {
        fail(`The part before "/" is too long: less than ${PREFIX_LENGTH} characters`);
      }
    },
  ],
});

export const labelValue = {
  pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
  form: "a label value: letters, digits, - _ . with a letter or digit at both ends",
  maxLength: 63,
} as const;

export const portNumber = { format: "int32", min: 1, max: 65535 } as const;
