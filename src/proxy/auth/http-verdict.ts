import { Field } from "../../wire/http1/field.ts";
import type { Head } from "../../wire/http1/head.ts";
import { fromWire } from "../match/text.ts";
import { isHopByHop, nominatedFields } from "../serve/head/hop.ts";
import type { Auth } from "./auth.ts";
import { denialStatus, type FieldEdit, type Verdict } from "./verdict.ts";

/** Not copied from any answer: they frame it, or belong to the connection. */
const framing = isHopByHop.slice();
for (const field of [Field.contentLength, Field.transferEncoding, Field.trailer, Field.host])
  framing[field] = 1;

/** What a field of this name says is said of the body of the answer, which does not go on. */
const ofContent = /^content-/;

/** The verdict in an answer over HTTP, without its body: "Any other code is considered an authorization failure" than 200. */
export function readHttpVerdict(auth: Auth, head: Head): Verdict {
  const nominated = nominatedFields(head);
  const isKept = (i: number, lowerName: string) => {
    return framing[head.known[i]!] === 0 && nominated?.has(lowerName) !== true;
  };
  if (head.status !== 200) {
    const fields: [string, string][] = [];
    for (let i = 0; i < head.fieldCount; i++) {
      const name = head.name(i);
      if (isKept(i, name.toLowerCase())) fields.push([name, head.value(i)]);
    }
    return { allowed: false, status: denialStatus(head.status), fields, body: "" };
  }
  const listed = auth.allowedResponseHeaders;
  // A field that comes from this server comes from nobody else: a client's own would be taken for the server's word.
  const request: FieldEdit[] = [...(listed ?? [])].map((name) => ({ action: "remove", name, value: "" }));
  const seen = new Set<string>();
  for (let i = 0; i < head.fieldCount; i++) {
    const name = head.name(i);
    const lowerName = name.toLowerCase();
    if (!isKept(i, lowerName)) continue;
    if (listed === undefined ? ofContent.test(lowerName) : !listed.has(lowerName)) continue;
    const action = seen.has(lowerName) ? "add" : "set";
    seen.add(lowerName);
    request.push({ action, name, value: fromWire(head.value(i)) });
  }
  return { allowed: true, request, response: [], setQuery: [], removeQuery: [] };
}
