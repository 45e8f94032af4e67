import { HASH_SEED, mix } from "./hash.ts";

/** A hostname has at most 253 characters (RFC 1035 §2.3.4, as text); what is longer is in no table. */
const HOST_MAX_CHARACTERS = 256;

const DOT = 46;
const COLON = 58;

/**
 * The host of a request, read once from the right: one pass gives the hash of the host and of each of
 * its suffixes `.b.c`, in lower case, without the port and the dot at the end of a fully qualified name.
 */
export class HostScan {
  private text = "";
  /** Where the hostname ends in the text. */
  private end = 0;
  /** Number of dots seen. */
  dots = 0;
  /** Hash of the whole hostname; only when `whole`. */
  hash = 0;
  /** The hostname is not empty and not too long to be in a table. */
  whole = false;
  /** Hostnames of tables that were compared with a host; see `Router.inspected`. */
  inspected = 0;
  /** `hashes[n]`: of the suffix that begins with the n-th dot from the right. */
  readonly hashes = new Int32Array(HOST_MAX_CHARACTERS + 1);
  private readonly starts = new Int32Array(HOST_MAX_CHARACTERS + 1);

  /** `host`: value of the Host field or `:authority`, in any case, with or without a port. */
  read(host: string): void {
    // Read twice per request (listener, then routes), and mostly the same from request to request.
    if (host === this.text) return;
    this.text = host;
    const end = hostnameEnd(host);
    const stop = end > HOST_MAX_CHARACTERS ? end - HOST_MAX_CHARACTERS : 0;
    let hash = HASH_SEED;
    let dots = 0;
    for (let i = end - 1; i >= stop; i--) {
      let code = host.charCodeAt(i);
      if (code >= 65 && code <= 90) code += 32;
      hash = mix(hash, code);
      if (code === DOT) {
        dots++;
        this.hashes[dots] = hash;
        this.starts[dots] = i;
      }
    }
    // `*` stands for at least one character: the suffix that is the whole host is none.
    if (dots > 0 && this.starts[dots] === 0) dots--;
    this.end = end;
    this.dots = dots;
    this.hash = hash;
    this.whole = stop === 0 && end > 0;
  }

  isWhole(hostname: string): boolean {
    return this.equals(hostname, 0);
  }

  /** `suffix` begins with a dot; `dots` counts its dots. */
  hasSuffix(suffix: string, dots: number): boolean {
    return this.equals(suffix, this.starts[dots] ?? 0);
  }

  private equals(lower: string, start: number): boolean {
    this.inspected++;
    const length = this.end - start;
    if (lower.length !== length) return false;
    const text = this.text;
    for (let i = 0; i < length; i++) {
      let code = text.charCodeAt(start + i);
      if (code >= 65 && code <= 90) code += 32;
      if (code !== lower.charCodeAt(i)) return false;
    }
    return true;
  }
}

/** Index after the last character of the hostname: `a.example.com.:80` and `[::1]:80` lose their tails. */
function hostnameEnd(host: string): number {
  let end = host.length;
  let i = end - 1;
  while (i >= 0 && isDigit(host.charCodeAt(i))) i--;
  if (i >= 0 && host.charCodeAt(i) === COLON) end = i;
  return end > 0 && host.charCodeAt(end - 1) === DOT ? end - 1 : end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
