import { ApiError } from "../error.ts";
import type { Write } from "../objects/write.ts";
import type { Call } from "./call.ts";

const MAX_MANAGER = 128;
const VALIDATIONS = ["Strict", "Warn", "Ignore"] as const;

/** What the parameters `dryRun`, `fieldManager` and `fieldValidation` say. */
export function writeOptions(call: Call): Write {
  const { query, target } = call;
  return {
    user: call.user,
    manager: managerOf(call),
    dryRun: isDryRun(query),
    fieldValidation: fieldValidation(query),
    ...(target.subresource !== "" && { subresource: target.subresource }),
    warn: (text) => void call.warnings.push(text),
  };
}

export function isDryRun(query: URLSearchParams): boolean {
  const values = query.getAll("dryRun").filter((value) => value !== "");
  for (const value of values) {
    if (value !== "All")
      throw new ApiError("BadRequest", `Invalid value for dryRun: "${value}": only "All" is allowed`);
  }
  return values.length > 0;
}

function fieldValidation(query: URLSearchParams): Write["fieldValidation"] {
  const value = query.get("fieldValidation") ?? "";
  if (value === "") return "Warn";
  const known = VALIDATIONS.find((each) => each === value);
  if (known !== undefined) return known;
  throw new ApiError(
    "BadRequest",
    `Invalid value for fieldValidation: "${value}": allowed are ${VALIDATIONS.join(", ")}`,
  );
}

/** The field manager: as given, else the program's name from its User-Agent. */
function managerOf({ query, headers }: Call): string {
  const given = query.get("fieldManager") ?? "";
  const isPrintable = !/[\u0000-\u001f\u007f]/.test(given);
  if (given.length > MAX_MANAGER || !isPrintable) {
    throw new ApiError(
      "BadRequest",
      `fieldManager must be printable and at most ${MAX_MANAGER} characters long`,
    );
  }
  if (given !== "") return given;
  const agent = (headers["user-agent"] ?? "").split("/", 1)[0]!.trim().slice(0, MAX_MANAGER);
  return agent === "" ? "unknown" : agent;
}
