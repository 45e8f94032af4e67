import { formatProblem, type Problem } from "../source/source.ts";
import type { ObjectFault } from "./object-fault.ts";
import type { ProblemEvent, ProblemReport } from "./report/event.ts";

/** All problems that there are, and which of them are news. */
export class ProblemBook {
  private standing: readonly ProblemReport[] = [];

  get problems(): readonly ProblemReport[] {
    return this.standing;
  }

  /** Takes the whole list as it is now. Undefined when nothing is new and nothing is fixed. */
  update(inFiles: readonly Problem[], inObjects: readonly ObjectFault[]): ProblemEvent | undefined {
    const before = this.standing;
    this.standing = [...inFiles.map(reportOf), ...inObjects.map(objectReport)];
    const problems = missingIn(before, this.standing);
    const fixed = missingIn(this.standing, before);
    if (problems.length === 0 && fixed.length === 0) return undefined;
    return { event: "problem", problems, fixed };
  }
}

/** Entries of `list` that are not in `known`. Where a problem stands in its file does not make it another one. */
function missingIn(
  known: readonly ProblemReport[],
  list: readonly ProblemReport[],
): readonly ProblemReport[] {
  const names = new Set(known.map(nameOf));
  return list.filter((problem) => !names.has(nameOf(problem)));
}

function nameOf({ file, object, message }: ProblemReport): string {
  return JSON.stringify([file, object, message]);
}

function reportOf(problem: Problem): ProblemReport {
  const { file, line, column, message, severity, object } = problem;
  return {
    text: formatProblem(problem),
    message,
    severity,
    file,
    line,
    column,
    ...(object !== undefined && { object }),
  };
}

function objectReport({ object, message }: ObjectFault): ProblemReport {
  const [kind, namespace, name] = object.split("/");
  const place = namespace === "" ? "" : `${namespace}/`;
  return { text: `${kind} ${place}${name}: ${message}`, message, severity: "error", object };
}
