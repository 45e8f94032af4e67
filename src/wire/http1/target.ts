import { type Fault, faults } from "./fault.ts";
import { isAuthority } from "./authority.ts";
import { Field } from "./field.ts";
import type { Head } from "./head.ts";

/** What a request asks for: authority and path, whichever of the four forms it was written in (RFC 9112 section 3.2). */
export class Target {
  /** `Host` value or the authority of an absolute-form target; `""` when there is none. */
  authority = "";
  /** Origin-form: path and query. `*` for OPTIONS of the server as a whole. */
  path = "";
  /** Whether the path is what stands in the request line. */
  isOriginForm = false;
  /** Whether the authority is that of the Host line, so that the line can be forwarded as it is. */
  isFromHost = false;

  read(head: Head): Fault | undefined {
    const hosts = head.seen[Field.host]!;
    this.isFromHost = hosts === 1;
    if (hosts > 1) return faults.hostTwice;
    if (hosts === 0) {
      if (head.minor === 1) return faults.hostMissing;
      this.authority = "";
    } else {
      this.authority = head.value(head.indexOf(Field.host));
      if (!isAuthority(this.authority)) return faults.authority;
    }
    if (head.method === "CONNECT") return faults.connect;
    const text = head.text;
    this.isOriginForm = text.charCodeAt(head.targetStart) === 0x2f;
    if (this.isOriginForm) {
      this.path = text.slice(head.targetStart, head.targetEnd);
      return undefined;
    }
    return this.readOther(text.slice(head.targetStart, head.targetEnd), head.method);
  }

  private readOther(target: string, method: string): Fault | undefined {
    if (target === "*") {
      if (method !== "OPTIONS") return faults.target;
      this.path = "*";
      return undefined;
    }
    const scheme = /^https?:\/\//i.exec(target);
    if (scheme === null) return faults.target;
    const rest = target.slice(scheme[0].length);
    const end = rest.search(/[/?]/);
    const authority = end < 0 ? rest : rest.slice(0, end);
    if (authority === "" || !isAuthority(authority)) return faults.authority;
    // "When an origin server receives a request with an absolute-form of request-target, the origin server
    // MUST ignore the received Host header field (if any)" (section 3.2.2)
    this.authority = authority;
    this.isFromHost = false;
    const path = end < 0 ? "" : rest.slice(end);
    this.path = path.startsWith("/") ? path : "/" + path;
    return undefined;
  }
}
