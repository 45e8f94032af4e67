/** `""` is any hostname. All hostnames are lower case. */

export function normalHostname(hostname: string | undefined): string {
  return (hostname ?? "").toLowerCase();
}

/**
 * Whether some request hostname satisfies both. A wildcard stands for one or more labels and never for the
 * apex (Gateway API, `Hostname`): `*.a.com` meets `x.a.com`, `y.x.a.com` and `*.x.a.com`, not `a.com`.
 */
export function hostnamesIntersect(a: string, b: string): boolean {
  if (a === "" || b === "" || a === b) return true;
  return covers(a, b) || covers(b, a);
}

function covers(wildcard: string, hostname: string): boolean {
  return wildcard.startsWith("*.") && hostname.endsWith(wildcard.slice(1));
}
