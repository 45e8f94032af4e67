import { readFileSync } from "node:fs";
import type { Site } from "./site.ts";

/** One line of a log that says that something went wrong. */
export interface ErrorLine {
  readonly program: string;
  /** The first of its kind. */
  readonly line: string;
  /** How many there were that differ in numbers and quoted names only. */
  readonly count: number;
}

interface Expected {
  readonly program: RegExp;
  readonly line: RegExp;
  /** Why it is no fault of the API server. Each entry was seen with kube-apiserver too. */
  readonly reason: string;
}

/** Error lines that the same programs write with the real API server, and why. */
const expected: readonly Expected[] = [
  {
    program: /^kube-controller-manager$/,
    line: /read version: \d+ is not as new as written version/,
    reason: "a controller found its own cache behind what it wrote, and tries again",
  },
  {
    program: /^kube-controller-manager$/,
    line: /disruption\.go.*poddisruptionbudgets.*the object has been modified/,
    reason: "a budget's status was written from a cache that was behind, and is written again",
  },
  {
    program: /^kube-controller-manager$/,
    line: /resource_quota_controller.*resourcequotas.*the object has been modified/,
    reason: "as with budgets",
  },
  {
    program: /^kube-controller-manager$/,
    line: /replica_set\.go.*failed with replicasets\.apps .* not found/,
    reason: "its status was to be written while the garbage collector let it go",
  },
  {
    program: /^kube-controller-manager$/,
    line: /namespace_controller.*unexpected items still remain in namespace/,
    reason: "pods take their grace period, and the controller comes back",
  },
  {
    program: /^kube-proxy$/,
    line: /Failed to list existing nftables objects/,
    reason: "its table is not there before its first change",
  },
  {
    program: /^node$/,
    line: /Force deleting pod in running state/,
    reason: "a pod was deleted without a grace period while the node ended it",
  },
  {
    program: /^node$/,
    line: /Error processing pod status update.*Precondition failed: UID in precondition/,
    reason: "a pod of a StatefulSet came back under its name while the node still reported on the one before",
  },
  {
    program: /^kube-/,
    line: /The manifest file is empty, ignoring\./,
    reason: "no static pods are configured",
  },
];

/** The oracle itself is not judged. */
const unjudged: ReadonlySet<string> = new Set(["kube-apiserver", "etcd"]);

/** What the programs of a site have complained about and nobody expects. */
export function unexpectedErrors(site: Site): readonly ErrorLine[] {
  const found = new Map<string, { program: string; line: string; count: number }>();
  for (const program of site.started.filter((name) => !unjudged.has(name))) {
    for (const line of errorLines(readFileSync(site.logOf(program), "utf8"), program === "gatewright")) {
      if (isExpected(program, line)) continue;
      const kind = `${program} ${line.replaceAll(/\\?"[^"]*"|'[^']*'|\d[\d.:]*|-[a-z0-9]{5}\b/g, "_")}`;
      const known = found.get(kind);
      if (known === undefined) found.set(kind, { program, line, count: 1 });
      else known.count++;
    }
  }
  return [...found.values()];
}

function isExpected(program: string, line: string): boolean {
  return expected.some((each) => each.program.test(program) && each.line.test(line));
}

/** klog's E and F lines, logrus' errors, what a Go program prints when it dies. */
const BAD = /^[EF]\d{4} |level=(?:error|fatal|panic)|^panic:|^fatal error:|^\d{4}\/\d\d\/\d\d /;

/** @param isSilent Whether the program writes when something is wrong only. */
export function errorLines(log: string, isSilent: boolean): readonly string[] {
  return log.split("\n").filter((line) => line !== "" && (isSilent || BAD.test(line)));
}
