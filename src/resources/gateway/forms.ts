import { dnsSubdomain, hostname } from "../schema/forms.ts";

/**
 * Strings of the Gateway API. The patterns are those of its CRDs to the letter, so that every string gets the verdict
 * that it gets there; `form` says in words what a user should write.
 */
const SUBDOMAIN = dnsSubdomain.pattern.slice(1, -1);
const DOMAIN_PATH = `${SUBDOMAIN}\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+`;

export const HOSTNAME_PATTERN = hostname.pattern;

/** Keys of labels and annotations, as far as a pattern can say it: the prefix has a limit of its own. */
export const QUALIFIED_NAME_PATTERN = `^(${SUBDOMAIN}/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$`;

export const ROUTABILITY_PATTERN = `^${SUBDOMAIN}/.+$`;

export const controllerName = {
  pattern: `^${DOMAIN_PATH}$`,
  form: "a controller name: a domain and a path, such as example.com/controller",
  minLength: 1,
  maxLength: 253,
} as const;

/** Only its first and its last alternative are anchored: what holds one of the others is taken. */
export const addressType = {
  pattern: `^Hostname|IPAddress|NamedAddress|${DOMAIN_PATH}$`,
  form: "Hostname, IPAddress, or a type of an implementation such as example.com/pool",
  minLength: 1,
  maxLength: 253,
} as const;

export const protocol = {
  pattern: `^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|${SUBDOMAIN}\\/[A-Za-z0-9]+$`,
  form: "a protocol: HTTP, HTTPS, TLS, TCP, UDP, or one of an implementation such as example.com/bar",
  minLength: 1,
  maxLength: 255,
} as const;

/** RFC 9110 §5.1: a token. */
export const fieldName = {
  pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$",
  form: "the name of a header field: letters, digits and !#$%&'*+-.^_`|~",
  minLength: 1,
  maxLength: 256,
} as const;

/**
 * Less than RFC 9110 §5.5 allows: ASCII only, and white space only one by one between other characters. The pattern has
 * a repetition in a repetition, which an engine that backtracks may try for ever.
 */
export const fieldValue = {
  foreign: true,
  pattern: "^[!-~]+([\\t ]?[!-~]+)*$",
  form: "the value of a header field: printable ASCII, with single spaces or tabs between other characters",
  minLength: 1,
  maxLength: 4096,
} as const;

export const origin = {
  pattern: "(^\\*$)|(^(http(s)?):\\/\\/(((\\*\\.)?([a-zA-Z0-9\\-]+\\.)*[a-zA-Z0-9-]+|\\*)(:([0-9]{1,5}))?)$)",
  form: 'an origin: "*", or http or https, "://", a host that may start with "*." and an optional port',
  minLength: 1,
  maxLength: 253,
} as const;

export const uri = {
  pattern: "^(([^:/?#]+):)(//([^/?#]*))([^?#]*)(\\?([^#]*))?(#(.*))?",
  form: "an absolute URI such as spiffe://example.com/ns/apps",
  minLength: 1,
  maxLength: 253,
} as const;

export const wellKnownCertificates = {
  pattern: `^(System|(${SUBDOMAIN}/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$`,
  form: "System, or a set of an implementation such as example.com/roots",
  minLength: 1,
  maxLength: 253,
} as const;

const TELEMETRY_NAME = "[a-zA-Z0-9_.:/-]+";

export const telemetryName = {
  pattern: `^${TELEMETRY_NAME}$`,
  form: "a name of letters, digits and _ . : / -",
  minLength: 1,
} as const;

export const spanName = {
  pattern: `^${TELEMETRY_NAME}( ${TELEMETRY_NAME})*$`,
  form: "words of letters, digits and _ . : / - with single spaces between them",
  minLength: 1,
  maxLength: 256,
} as const;

export const attributeKey = {
  pattern: "^[a-z0-9_.-]+$",
  form: "an attribute key: lower-case letters, digits and _ . -",
  minLength: 1,
  maxLength: 256,
} as const;
