import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import type { Place } from "../../src/translate/translate.ts";
import { checkRequests, type CaseRequest } from "./request.ts";

/** One file of `test/cases`; `test/cases/README.md` describes the format. */
export interface Case {
  readonly file: string;
  /** The documents that the user writes, comments included. */
  readonly inputs: string;
  /** Where Gateways are placed, by `NAMESPACE/NAME`; null = nowhere. Others get an address of their own. */
  readonly placement: Readonly<Record<string, CasePlace | null>>;
  /** Expected, as data; undefined where the file has no such section yet. */
  readonly program: unknown;
  readonly statuses: unknown;
  readonly requests: readonly CaseRequest[];
}

/** What a case says of a place; the rest is as usual. */
export type CasePlace = Partial<Place>;

const sections = ["inputs", "placement", "program", "statuses", "requests"] as const;
type Section = (typeof sections)[number];

/** The first section is everything before the first of these lines. */
const heading = /^(?:---\n)?# --- (\w+)\n(?:---\n)?/gm;

export function readCase(file: string): Case {
  return parseCase(file, readFileSync(file, "utf8"));
}

/** Throws with the file's name on whatever is not in the format. */
export function parseCase(file: string, text: string): Case {
  const parts = splitSections(file, text);
  const requests = parseSection(file, "requests", parts.requests) ?? [];
  return {
    file,
    inputs: parts.inputs,
    placement: checkPlacement(file, parseSection(file, "placement", parts.placement)),
    program: parseSection(file, "program", parts.program),
    statuses: parseSection(file, "statuses", parts.statuses),
    requests: checkRequests(file, requests),
  };
}

/** The file's text with its program and statuses replaced. */
export function withResults(file: string, text: string, program: string, statuses: string): string {
  const parts: Partial<Record<Section, string | undefined>> = {
    ...splitSections(file, text),
    program,
    statuses,
  };
  return sections
    .filter((section) => parts[section] !== undefined)
    .map((section) => (section === "inputs" ? "" : `# --- ${section}\n`) + (parts[section] ?? "").trim())
    .join("\n---\n")
    .concat("\n");
}

type Parts = { readonly inputs: string } & Readonly<Record<Exclude<Section, "inputs">, string | undefined>>;

function splitSections(file: string, text: string): Parts {
  const [inputs = "", ...rest] = text.split(heading);
  const parts: Record<string, string> = { inputs };
  let last = 0;
  for (let index = 0; index < rest.length; index += 2) {
    const name = rest[index] ?? "";
    const position = sections.findIndex((section) => section === name);
    if (position <= last) throw new Error(`${file}: section "${name}" is unknown or out of order`);
    last = position;
    parts[name] = rest[index + 1] ?? "";
  }
  return parts as unknown as Parts;
}

function parseSection(file: string, section: Section, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new Error(`${file}, section ${section}: ${error.message}`);
  return document.toJS();
}

/** An address alone, or what the case says of the place. */
function checkPlacement(file: string, value: unknown): Readonly<Record<string, CasePlace | null>> {
  if (value === undefined) return {};
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = Object.entries(isMap ? value : { "": 0 });
  const bad = entries.find(
    ([key, one]) => !key.includes("/") || (typeof one !== "string" && typeof one !== "object"),
  );
  if (bad !== undefined)
    throw new Error(`${file}: placement must map NAMESPACE/NAME to an address, a place or null`);
  return Object.fromEntries(
    entries.map(([key, one]) => [
      key,
      typeof one === "string" ? { addresses: [one] } : (one as CasePlace | null),
    ]),
  );
}
