import type { HeaderField, HeaderFilter } from "../../program/program.ts";
import { HeaderEdits, NO_EDITS, type JoinedField } from "./header-edits.ts";

/**
 * Fields that frame a message or belong to one connection. They are the proxy's own business: a filter
 * on them could desynchronise two connections, so it has no effect.
 */
const UNTOUCHABLE: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a field can be written into a head by anybody but the proxy itself. @param name In any case. */
export function isTouchable(name: string): boolean {
  return !UNTOUCHABLE.has(name.toLowerCase()) && isField({ name, value: "" });
}

/** Host goes by another way: it is `:authority` in HTTP/2, and there must be exactly one. */
const UNTOUCHABLE_IN_REQUESTS: ReadonlySet<string> = new Set([...UNTOUCHABLE, "host"]);

/** What becomes of one field. */
interface FieldEdit {
  /** As last written by a user. */
  name: string;
  /** The values that the message brings stay. */
  keep: boolean;
  readonly values: string[];
}

/** `RequestHeaderModifier` and `ResponseHeaderModifier`: filters of one direction, collected in their order. */
export class HeaderModifiers {
  private readonly edits = new Map<string, FieldEdit>();
  /** The names that are not for these filters to change. */
  private readonly untouchable: ReadonlySet<string>;

  private constructor(untouchable: ReadonlySet<string>) {
    this.untouchable = untouchable;
  }

  static forRequests(): HeaderModifiers {
    return new HeaderModifiers(UNTOUCHABLE_IN_REQUESTS);
  }

  static forResponses(): HeaderModifiers {
    return new HeaderModifiers(UNTOUCHABLE);
  }

  apply(filter: HeaderFilter): void {
    for (const field of firstOfEachName(filter.set)) {
      if (this.isRefused(field)) continue;
      this.edits.set(field.name.toLowerCase(), { name: field.name, keep: false, values: [field.value] });
    }
    for (const field of firstOfEachName(filter.add)) {
      if (this.isRefused(field)) continue;
      const edit = this.edits.get(field.name.toLowerCase());
      if (edit === undefined) {
        this.edits.set(field.name.toLowerCase(), { name: field.name, keep: true, values: [field.value] });
      } else {
        edit.name = field.name;
        edit.values.push(field.value);
      }
    }
    for (const name of filter.remove) {
      const lowerName = name.toLowerCase();
      if (this.untouchable.has(lowerName)) continue;
      this.edits.set(lowerName, { name, keep: false, values: [] });
    }
  }

  compile(): HeaderEdits {
    if (this.edits.size === 0) return NO_EDITS;
    const dropped = new Set<string>();
    const joined: JoinedField[] = [];
    let fixed = "";
    for (const [lowerName, { name, keep, values }] of this.edits) {
      const bytes = values.map((value) => Buffer.from(value, "utf8").toString("latin1"));
      if (lowerName === "set-cookie") {
        // "Set-Cookie" is the one field whose lines must not be joined (RFC 9110 §5.3).
        if (!keep) dropped.add(lowerName);
        for (const value of bytes) fixed += `${name}: ${value}\r\n`;
        continue;
      }
      dropped.add(lowerName);
      // Cookies are a list of their own kind (RFC 6265 §4.2.1).
      const separator = lowerName === "cookie" ? "; " : ",";
      const value = bytes.join(separator);
      if (keep) joined.push({ name, lowerName, tail: separator + value });
      else if (bytes.length > 0) fixed += `${name}: ${value}\r\n`;
    }
    return new HeaderEdits(dropped, fixed, joined);
  }

  /** Fields that are not ours to change, and what no header line can hold: it would split the head. */
  private isRefused(field: HeaderField): boolean {
    return this.untouchable.has(field.name.toLowerCase()) || !isField(field);
  }
}

/** The name is a token, the value has no control characters (RFC 9110 §5.1, §5.5). */
export function isField({ name, value }: HeaderField): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/[\0-\x08\n-\x1f\x7f]/.test(value);
}

/** "Subsequent entries with an equivalent header name MUST be ignored." */
function firstOfEachName(fields: readonly HeaderField[]): HeaderField[] {
  const seen = new Set<string>();
  return fields.filter((field) => {
    const lowerName = field.name.toLowerCase();
    if (seen.has(lowerName)) return false;
    seen.add(lowerName);
    return true;
  });
}
