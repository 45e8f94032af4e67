import { readAuthorities } from "../resources/core/authorities.ts";
import { isGranted, type Referrer } from "./grants.ts";
import type { Sight } from "./sight.ts";

/** A reference to certificates of authorities; without namespace those of the referrer's own. */
interface AuthorityRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What is wrong with a reference; each has a reason of its own, which depends on who refers. */
export interface AuthorityFault {
  readonly what: "kind" | "grant" | "reference";
  readonly message: string;
}

export interface Authorities {
  /** PEM of all that are good; `""` when none is, which vouches for nobody. */
  readonly pem: string;
  readonly faults: readonly AuthorityFault[];
}

/** Kind, then grant, then existence, as for backends. One bad reference does not take down the others. */
export function resolveAuthorities(
  refs: readonly AuthorityRef[],
  referrer: Referrer,
  sight: Sight,
): Authorities {
  const good = new Set<string>();
  const faults: AuthorityFault[] = [];
  for (const ref of refs) {
    const resolved = resolve(ref, referrer, sight);
    if (typeof resolved === "string") good.add(resolved);
    else faults.push(resolved);
  }
  return { pem: [...good].join(""), faults };
}

const certificatesGroup = "certificates.k8s.io";

function resolve(ref: AuthorityRef, referrer: Referrer, sight: Sight): string | AuthorityFault {
  const { group, kind, namespace = referrer.namespace, name } = ref;
  if (group === certificatesGroup && kind === "ClusterTrustBundle") {
    const what = `${kind} ${name}`;
    const bundle = sight.get(kind, "", name);
    return bundle === undefined ? missing(what) : readBundle(what, readAuthorities(bundle));
  }
  const what = `${kind} ${namespace}/${name}`;
  if (group !== "" || kind !== "ConfigMap") {
    const given = group === "" ? what : `${group}/${what}`;
    const message = `${given} cannot hold authorities: only a ConfigMap or a ClusterTrustBundle can`;
    return { what: "kind", message };
  }
  if (namespace !== referrer.namespace && !isGranted(sight.grantsIn(namespace), referrer, ref)) {
    const message = `No ReferenceGrant lets ${referrer.kind}s of ${referrer.namespace} refer to ${what}`;
    return { what: "grant", message };
  }
  const config = sight.get(kind, namespace, name);
  return config === undefined ? missing(what) : readBundle(what, readAuthorities(config));
}

function missing(what: string): AuthorityFault {
  return { what: "reference", message: `${what} does not exist` };
}

function readBundle(what: string, result: ReturnType<typeof readAuthorities>): string | AuthorityFault {
  if ("fault" in result) return { what: "reference", message: `${what}: ${result.fault}` };
  return result.authorities;
}
