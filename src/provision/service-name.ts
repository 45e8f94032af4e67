import { digest } from "../resources/digest.ts";

/** RFC 1035: names of Services. Letter by letter also fit for values of labels and for other names. */
const dnsLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const MAX_LABEL = 63;
/** `--` and a digest. */
const MARK = 18;

/**
 * `GATEWAY-CLASS`, as GEP-1762 recommends, where that is a DNS label and can be taken apart again; a readable beginning and
 * a digest elsewhere. No two (Gateway, class, ordinal) share a name: a class without "-" begins after the last "-", and what is
 * not `GATEWAY-CLASS` has a "--" where that has none, before its last part.
 *
 * @param gateway DNS subdomain: up to 253 characters, may have dots and begin with a digit.
 * @param ordinal Not negative; 0 for the first Service of a Gateway.
 */
export function serviceName(gateway: string, gatewayClass: string, ordinal: number): string {
  const plain = `${gateway}-${gatewayClass}`;
  const name = ordinal === 0 ? plain : `${plain}--${ordinal}`;
  const isPlain = !gatewayClass.includes("-") && name.length <= MAX_LABEL && dnsLabel.test(name);
  return isPlain ? name : shortened(plain, JSON.stringify([gateway, gatewayClass, ordinal]));
}

/** The name of an object as the value of a label: itself, if it is not longer than these may be. */
export function labelValueOf(name: string): string {
  return name.length <= MAX_LABEL ? name : shortened(name, name);
}

/** @param identity Makes the difference between texts that begin alike. */
function shortened(text: string, identity: string): string {
  const start = /^[a-z]/.test(text) ? text : `g-${text}`;
  const readable = start.replaceAll(/[^-a-z0-9]/g, "-").slice(0, MAX_LABEL - MARK);
  return `${readable.replace(/-+$/, "")}--${digest(identity)}`;
}
