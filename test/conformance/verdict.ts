import type { TestResult } from "./events.ts";
import { hollowTests, untestedFeatures } from "./own-tests.ts";

export interface Evidence {
  /** Of all tests that have run. */
  readonly results: readonly TestResult[];
  /** Features that we say we support. */
  readonly declared: readonly string[];
  /** Those of the GatewayClass's status, which the suite went by. */
  readonly published: readonly string[];
}

/** Where what is declared and what passes differ, a sentence each. */
export function faultsOf({ results, declared, published }: Evidence): readonly string[] {
  const faults: string[] = [];
  if (declared.toSorted().join() !== published.toSorted().join())
    faults.push(
      `GatewayClass.status.supportedFeatures is not what is declared: ${difference(declared, published)}`,
    );
  for (const feature of declared) {
    const fault = faultOfDeclared(feature, results);
    if (fault !== undefined) faults.push(`${feature} is declared, and ${fault}`);
  }
  for (const feature of passingFeatures(results)) {
    if (!declared.includes(feature)) faults.push(`${feature} passes all its tests, and is not declared`);
  }
  return faults;
}

function faultOfDeclared(feature: string, results: readonly TestResult[]): string | undefined {
  const asking = results.filter(({ features }) => features.includes(feature));
  if (feature in untestedFeatures) {
    return asking.length === 0
      ? undefined
      : `the suite tests it now (${asking[0]?.name}): take it out of untestedFeatures`;
  }
  const passing = asking.filter(({ outcome }) => outcome === "pass");
  return passing.length === 0 ? "no test that asks for it has passed" : undefined;
}

/** Features of which every test that asks for them has passed. */
function passingFeatures(results: readonly TestResult[]): ReadonlySet<string> {
  const ran = results.filter(({ outcome }) => outcome !== "skip");
  const all = new Set(ran.flatMap(({ features }) => features));
  for (const { outcome, features } of ran) {
    if (outcome === "fail") for (const feature of features) all.delete(feature);
  }
  return all;
}

/** Tests that passed and show nothing. */
export function hollowPasses(results: readonly TestResult[]): readonly string[] {
  return results
    .filter(({ name, outcome }) => outcome === "pass" && name in hollowTests)
    .map(({ name }) => `${name}: ${hollowTests[name]?.reason}; ours: ${hollowTests[name]?.ours.join(", ")}`);
}

/** The features for whose lack tests were skipped, as far as the suite names them. */
export function lacking(results: readonly TestResult[]): readonly string[] {
  const names = results.map(({ reason }) => /suite does not support (\w+)/.exec(reason ?? "")?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function difference(one: readonly string[], other: readonly string[]): string {
  const words = [
    ...one.filter((name) => !other.includes(name)).map((name) => `+${name}`),
    ...other.filter((name) => !one.includes(name)).map((name) => `-${name}`),
  ];
  return words.join(" ");
}
