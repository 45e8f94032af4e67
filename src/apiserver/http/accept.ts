import { ApiError } from "../error.ts";

/** The form in which a client wants objects. */
export type Form = "object" | "table" | "metadata";

/** A form, and the version of meta.k8s.io that tables and metadata come in. */
export interface Negotiated {
  readonly form: Form;
  readonly metaVersion: "meta.k8s.io/v1" | "meta.k8s.io/v1beta1";
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Ranges of an Accept field, the most wanted first; RFC 9110 section 12.5.1. */
export function parseAccept(field: string | undefined): readonly MediaRange[] {
  const ranges = (field === undefined || field.trim() === "" ? "*/*" : field).split(",").map((text) => {
    const [type = "", ...rest] = text.split(";").map((part) => part.trim());
    const parameters = new Map<string, string>();
    for (const part of rest) {
      const equals = part.indexOf("=");
      if (equals > 0) parameters.set(part.slice(0, equals).toLowerCase(), part.slice(equals + 1));
    }
    const quality = Number(parameters.get("q") ?? 1);
    return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
  });
  return ranges.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
}

const JSON_RANGES = new Set(["application/json", "application/*", "*/*"]);

/**
 * The form of objects that this Accept field asks for first and that can be given. Everything is JSON: protobuf and
 * CBOR ranges are passed over, as an API server does for custom resources.
 */
export function negotiateForm(field: string | undefined): Negotiated {
  for (const { type, parameters } of parseAccept(field)) {
    if (!JSON_RANGES.has(type)) continue;
    const as = parameters.get("as");
    if (as === undefined) return { form: "object", metaVersion: "meta.k8s.io/v1" };
    if (parameters.get("g") !== "meta.k8s.io") continue;
    const version = parameters.get("v");
    if (version !== "v1" && version !== "v1beta1") continue;
    const metaVersion = `meta.k8s.io/${version}` as const;
    if (as === "Table") return { form: "table", metaVersion };
    if (as.startsWith("PartialObjectMetadata")) return { form: "metadata", metaVersion };
  }
  throw new ApiError(
    "NotAcceptable",
    `Only application/json can be given (as Table or PartialObjectMetadata of meta.k8s.io/v1 too), not ${field ?? ""}`,
  );
}
