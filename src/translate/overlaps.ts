import { overlappingCertificates, overlappingHostnames } from "./condition/listener.ts";
import { HostnameIndex } from "./hostname-index.ts";
import type { ListenerModel } from "./listeners.ts";
import type { Problem } from "./problem.ts";

/**
 * Listeners of one port that end TLS, between which a client may reuse a connection though their TLS differs
 * (`ListenerConditionOverlappingTLSConfig`): "Controllers MUST detect the presence of overlapping hostnames and
 * MAY detect the presence of overlapping certificates. [...] If [...] both are true, it SHOULD set the
 * OverlappingCertificates Reason". One certificate that both listeners show is no difference. By listener key.
 */
export function findOverlaps(listeners: readonly ListenerModel[]): ReadonlyMap<string, Problem> {
  const overlaps = new Map<string, Problem>();
  const secure = listeners.filter((one) => one.tls !== undefined && one.problem === undefined);
  for (const onPort of Map.groupBy(secure, (one) => one.port).values()) {
    if (onPort.length < 2) continue;
    const byHostname = new HostnameIndex<ListenerModel>();
    const byCertificate = new Map<string, Set<ListenerModel>>();
    const certificates = new HostnameIndex<string>();
    for (const listener of onPort) {
      byHostname.add(listener.hostname, listener);
      for (const { certificate, hostnames } of listener.tls ?? []) {
        const showing = byCertificate.get(certificate.key);
        if (showing === undefined) byCertificate.set(certificate.key, new Set([listener]));
        else showing.add(listener);
        for (const hostname of hostnames) certificates.add(hostname, certificate.key);
      }
    }
    for (const listener of onPort) {
      const likeOurs = overlappingListeners(listener, certificates, byCertificate);
      const problem =
        overlapWith(listener, likeOurs, overlappingCertificates) ??
        overlapWith(listener, byHostname.intersecting(listener.hostname), overlappingHostnames);
      if (problem !== undefined) overlaps.set(listener.key, problem);
    }
  }
  return overlaps;
}

/** Those that show another certificate for a name that one of ours is for. */
function* overlappingListeners(
  { tls = [] }: ListenerModel,
  certificates: HostnameIndex<string>,
  showing: ReadonlyMap<string, ReadonlySet<ListenerModel>>,
): Generator<ListenerModel> {
  for (const { certificate, hostnames } of tls) {
    for (const hostname of hostnames) {
      for (const other of certificates.intersecting(hostname)) {
        if (other !== certificate.key) yield* showing.get(other) ?? [];
      }
    }
  }
}

/** A condition names no more than these: thousands may share a certificate. */
const mostNames = 8;

function overlapWith(
  listener: ListenerModel,
  found: Iterable<ListenerModel>,
  problem: (listeners: readonly string[]) => Problem,
): Problem | undefined {
  const names = new Set<string>();
  for (const other of found) {
    if (other.key === listener.key) continue;
    names.add(isSameHome(other, listener) ? other.name : "a listener of another object");
    if (names.size === mostNames) break;
  }
  return names.size === 0 ? undefined : problem([...names]);
}

/** Of the same Gateway, or the same ListenerSet: what others have is told without names. */
function isSameHome(a: ListenerModel, b: ListenerModel): boolean {
  return a.key.slice(0, -a.name.length) === b.key.slice(0, -b.name.length);
}
