import type { TestResult } from "./events.ts";
import { runSuite, type SuiteOptions } from "./suite.ts";
import { lacking } from "./verdict.ts";

/**
 * Seconds by the suite's names of them. What is not there after so long was never meant to be: these tests are about
 * what nobody has declared.
 */
const LIMITS: Readonly<Record<string, number>> = {
  GatewayMustHaveAddress: 10,
  GatewayMustHaveCondition: 10,
  GatewayStatusMustHaveListeners: 10,
  GatewayListenersMustHaveConditions: 10,
  HTTPRouteMustHaveCondition: 10,
  RouteMustHaveParents: 10,
  LatestObservedGenerationSet: 10,
  DefaultTestTimeout: 10,
  MaxTimeToConsistency: 10,
  NamespacesMustBeReady: 60,
};

/** Features of other objects than Gateways, which nobody here wants to know about. */
const isForeign = (feature: string) => feature.startsWith("Mesh");

/** Runs the tests that were skipped, as if what they ask for were declared: some of them may pass. */
export async function probeUndeclared(
  options: Pick<SuiteOptions, "site" | "programs" | "kubectl" | "signal">,
  declared: readonly string[],
  results: readonly TestResult[],
): Promise<readonly TestResult[]> {
  const wanted = new Set(declared);
  let found = results;
  for (;;) {
    const missing = lacking(found).filter((name) => !isForeign(name) && !wanted.has(name));
    if (missing.length === 0) return found.filter(({ outcome }) => outcome !== "skip");
    for (const name of missing) wanted.add(name);
    const only = found
      .filter(({ reason }) => missing.some((name) => reason?.endsWith(` ${name}`)))
      .map(({ name }) => name);
    const limits = Object.entries(LIMITS).map(([name, seconds]) => `${name}:${seconds}`);
    const run = await runSuite({
      ...options,
      only,
      flags: [
        `-supported-features=${[...wanted].join(",")}`,
        `-timeout-config-overrides=${limits.join(";")}`,
      ],
      log: "undeclared",
      onResult: () => {},
    });
    if (run.results.length === 0)
      throw new Error(
        `the tests that need ${missing.join(", ")} could not be run:\n${run.output.slice(-2000)}`,
      );
    found = [...found.filter(({ name }) => !only.includes(name)), ...run.results];
  }
}
