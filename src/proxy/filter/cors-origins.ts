/** An origin that begins with any labels: `https://*.example.com`, or any host at all: `https://*`. */
interface Wildcard {
  readonly scheme: string;
  /** What the host ends with, dot included; `""` for any host. */
  readonly suffix: string;
  readonly port: string;
}

/** The origins that may read answers, as a CORS filter lists them. A port that is not written is the scheme's own. */
export class CorsOrigins {
  /** The list is `*`. */
  readonly any: boolean;
  /** In the form of `canonical`. */
  private readonly exact = new Set<string>();
  private readonly wildcards: Wildcard[] = [];

  /** @param patterns What is none is left out: nobody's origin is like it. */
  constructor(patterns: readonly string[]) {
    this.any = patterns.includes("*");
    for (const pattern of patterns) {
      const parts = originParts.exec(pattern.toLowerCase());
      if (parts === null) continue;
      const scheme = parts[1]!;
      const host = parts[2]!;
      const port = parts[3] ?? defaultPorts[scheme]!;
      if (host.startsWith("*")) this.wildcards.push({ scheme, suffix: host.slice(1), port });
      else this.exact.add(canonical(scheme, host, port));
    }
  }

  /** @param origin The value of an `Origin` field, which may be anything. `null` is let in by `*` alone. */
  allows(origin: string): boolean {
    if (origin.length > maxOriginLength) return false;
    if (this.any) return origin === "null" || serializedOrigin.test(origin);
    const parts = originParts.exec(origin.toLowerCase());
    if (parts === null) return false;
    const scheme = parts[1]!;
    const host = parts[2]!;
    const port = parts[3] ?? defaultPorts[scheme]!;
    // Only patterns have stars.
    if (host.startsWith("*")) return false;
    if (this.exact.has(canonical(scheme, host, port))) return true;
    return this.wildcards.some(
      (wildcard) =>
        wildcard.scheme === scheme &&
        wildcard.port === port &&
        host.length > wildcard.suffix.length &&
        host.endsWith(wildcard.suffix),
    );
  }
}

/** Characters of an origin that is looked at: the longest hostname has 253. */
const maxOriginLength = 512;

/** The origins of web pages: scheme, host, and the port where it is written. */
const originParts = /^(https?):\/\/(\*?[a-z0-9._-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;

/** Any origin as browsers write them, those of apps and extensions too. */
const serializedOrigin = /^[a-z][a-z0-9+.-]*:\/\/[\w.~[\]:%-]+$/i;

const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443" };

function canonical(scheme: string, host: string, port: string): string {
  return `${scheme}://${host}:${port}`;
}
