import type { Certificate } from "../program/program.ts";
import { readTLSCertificate } from "../resources/core/tls-certificate.ts";
import type { Listener as ListenerSpec } from "../resources/gateway/listener.ts";
import { certificateInvalid, certificateNotPermitted } from "./condition/certificate.ts";
import { isGranted, type Referrer } from "./grants.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

type CertificateRef = NonNullable<NonNullable<ListenerSpec["tls"]>["certificateRefs"]>[number];

/** A certificate that a listener shows, and the DNS names in it. */
export interface ShownCertificate {
  readonly certificate: Certificate;
  readonly hostnames: readonly string[];
}

export interface ListenerCertificates {
  /** In the order of the listener, each once. */
  readonly shown: readonly ShownCertificate[];
  /** One bad reference does not take down the others. */
  readonly problems: readonly Problem[];
}

/** What a listener of `referrer` that ends TLS shows its clients. Without `tls` there is nothing to show. */
export function resolveCertificates(
  tls: ListenerSpec["tls"],
  referrer: Referrer,
  sight: Sight,
): ListenerCertificates {
  const refs = tls?.certificateRefs ?? [];
  if (refs.length === 0) return { shown: [], problems: [certificateInvalid("tls.certificateRefs is empty")] };
  const shown = new Map<string, ShownCertificate>();
  const problems: Problem[] = [];
  for (const ref of refs) {
    const resolved = resolveCertificate(ref, referrer, sight);
    if ("problem" in resolved) problems.push(resolved.problem);
    else shown.set(resolved.certificate.key, resolved);
  }
  return { shown: [...shown.values()], problems };
}

/** Kind, then grant, then existence, as for backends. */
export function resolveCertificate(
  { group, kind, namespace, name }: CertificateRef,
  referrer: Referrer,
  sight: Sight,
): ShownCertificate | { readonly problem: Problem } {
  const home = namespace ?? referrer.namespace;
  const what = `${kind} ${home}/${name}`;
  if (group !== "" || kind !== "Secret") {
    const given = group === "" ? what : `${group}/${what}`;
    return { problem: certificateInvalid(`${given} cannot hold a certificate: only a Secret can`) };
  }
  if (home !== referrer.namespace && !isGranted(sight.grantsIn(home), referrer, { group, kind, name })) {
    return { problem: certificateNotPermitted(what, `${referrer.kind}s of ${referrer.namespace}`) };
  }
  const secret = sight.get("Secret", home, name);
  if (secret === undefined) return { problem: certificateInvalid(`${what} does not exist`) };
  const result = readTLSCertificate(secret);
  if ("fault" in result) return { problem: certificateInvalid(`${what}: ${result.fault}`) };
  const { chain, privateKey, hostnames } = result.certificate;
  return { certificate: { key: `${home}/${name}`, chain, privateKey }, hostnames };
}
