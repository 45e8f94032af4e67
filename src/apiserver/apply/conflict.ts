import { ApiError, type Cause } from "../error.ts";
import { eachPath, type FieldSet } from "./field-set.ts";
import type { Manager } from "./managers.ts";
import { pathText } from "./path-element.ts";

/** Fields of another manager that an apply would change. */
export interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** As kubectl expects it: one cause per field, and a message that lists them by manager. */
export function conflictError(conflicts: readonly Conflict[]): ApiError {
  const found = conflicts.map(({ manager, fields }) => {
    const paths: string[] = [];
    eachPath(fields, (path) => paths.push(pathText(path)));
    return { title: managerTitle(manager), paths: paths.sort() };
  });
  found.sort((a, b) => (a.title < b.title ? -1 : 1));
  const causes = found.flatMap(({ title, paths }) =>
    paths.map((field): Cause => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${title}`,
      field,
    })),
  );
  const [first] = causes;
  const message =
    causes.length === 1 && first !== undefined
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${found.map(conflictsText).join("\n")}`;
  return new ApiError("Conflict", message, { causes });
}

function conflictsText({
  title,
  paths,
}: {
  readonly title: string;
  readonly paths: readonly string[];
}): string {
  return [`conflicts with ${title}:`, ...paths.map((path) => `- ${path}`)].join("\n");
}

function managerTitle(manager: Manager): string {
  const subresource =
    manager.subresource === "" ? "" : ` with subresource ${JSON.stringify(manager.subresource)}`;
  const version = manager.operation === "Update" ? ` using ${manager.apiVersion}` : "";
  return `${JSON.stringify(manager.name)}${subresource}${version}`;
}
