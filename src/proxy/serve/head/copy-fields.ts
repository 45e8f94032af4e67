import type { Head } from "../../../wire/http1/head.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import { nominatedFields } from "./hop.ts";

/**
 * The field lines of a head as they came, without those of `dropped` (a table over `Field`), those that Connection names,
 * and those that the edits replace. Lines that stay next to each other are copied in one piece. `start` is where copying begins:
 * the first line can come along.
 */
export function copyFields(
  head: Head,
  dropped: Uint8Array,
  edits: HeaderEdits,
  start: number = head.fieldsStart,
): string {
  const { text, known, fieldCount } = head;
  const nominated = nominatedFields(head);
  const plain = nominated === undefined && edits === NO_EDITS;
  let from = start;
  let out = "";
  for (let i = 0; i < fieldCount; i++) {
    if (dropped[known[i]!] === 0 && (plain || !isDropped(head, i, nominated, edits))) continue;
    const name = head.nameStart(i);
    if (name > from) out += text.slice(from, name);
    from = head.lineEnd(i);
  }
  const end = head.length - 2;
  return from < end ? out + text.slice(from, end) : out;
}

export function isDropped(
  head: Head,
  i: number,
  nominated: ReadonlySet<string> | undefined,
  edits: HeaderEdits,
): boolean {
  if (nominated === undefined && !edits.mayDrop(head.nameEnd(i) - head.nameStart(i))) return false;
  const lowerName = head.name(i).toLowerCase();
  return edits.drops(lowerName) || (nominated !== undefined && nominated.has(lowerName));
}
