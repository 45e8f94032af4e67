import { X509Certificate } from "node:crypto";
import type { Resource } from "../resource.ts";
import type { ClusterTrustBundle } from "./cluster-trust-bundle.ts";
import type { ConfigMap } from "./config-map.ts";

/** Authorities that certificates are verified with, in PEM; or what is wrong with them. */
export type AuthoritiesResult = { readonly authorities: string } | { readonly fault: string };

const CA_KEY = "ca.crt";
const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Objects are never changed in place, and thousands of backends may have the same authorities. */
const known = new WeakMap<Resource, AuthoritiesResult>();

/**
 * The certificates of a bundle, and nothing else that stands there. One that is malformed spoils the bundle: whoever
 * leaves it out does not know what was meant. Not a matter of time: an authority that has expired is one, and the
 * handshake decides.
 */
export function readAuthorities(bundle: ConfigMap | ClusterTrustBundle): AuthoritiesResult {
  const result = known.get(bundle) ?? read(bundle);
  known.set(bundle, result);
  return result;
}

function read(bundle: ConfigMap | ClusterTrustBundle): AuthoritiesResult {
  if (bundle.kind === "ClusterTrustBundle") return parse(bundle.spec.trustBundle, "spec.trustBundle");
  const { data = {}, binaryData = {} } = bundle;
  const binary = binaryData[CA_KEY];
  const text = data[CA_KEY] ?? (binary === undefined ? undefined : Buffer.from(binary, "base64").toString());
  return text === undefined ? { fault: `it has no ${CA_KEY}` } : parse(text, CA_KEY);
}

function parse(text: string, place: string): AuthoritiesResult {
  const blocks = text.match(certificateBlock) ?? [];
  if (blocks.length === 0) return { fault: `${place} holds no certificate in PEM` };
  const bad = blocks.findIndex((block) => !isCertificate(block));
  if (bad >= 0) return { fault: `certificate ${bad + 1} of ${place} is malformed` };
  return { authorities: `${blocks.join("\n")}\n` };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
