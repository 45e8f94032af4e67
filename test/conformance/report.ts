import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../../tools/run-command.ts";

const { version: packaged } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
};

/** What upstream wants to know of who reports. */
export const implementation = {
  organization: "gatewright",
  project: "gatewright",
  url: "https://gatewright.dev",
  version: `v${packaged}`,
  contact: "https://gatewright.dev",
};

/** `ConformanceReport`, `gateway.networking.k8s.io/v1`, as far as it is read here. */
export interface Report {
  readonly gatewayAPIChannel: string;
  readonly gatewayAPIVersion: string;
  readonly mode: string;
  readonly date: string;
  readonly implementation: { readonly version: string };
  readonly profiles?: readonly Profile[];
  readonly succeededProvisionalTests?: readonly string[];
}

export interface Profile {
  readonly name: string;
  readonly core: Status;
  readonly extended?: Status & {
    readonly supportedFeatures?: readonly string[];
    readonly unsupportedFeatures?: readonly string[];
  };
}

interface Status {
  readonly result: string;
  readonly statistics: { readonly Passed: number; readonly Skipped: number; readonly Failed: number };
}

export function readReport(text: string): Report {
  return parse(text) as Report;
}

/** One line for each profile. */
export function summaryOf({ profiles = [], succeededProvisionalTests = [] }: Report): readonly string[] {
  const lines = profiles.map(({ name, core, extended }) => {
    const supported = extended?.supportedFeatures?.length ?? 0;
    const all = supported + (extended?.unsupportedFeatures?.length ?? 0);
    const more =
      extended === undefined
        ? "no extended test has run"
        : `extended ${extended.result} (${countsOf(extended)}), ${supported} of ${all} extended features`;
    return `${name}: core ${core.result} (${countsOf(core)}), ${more}`;
  });
  return [...lines, `provisional tests passed: ${succeededProvisionalTests.length}`];
}

function countsOf({ statistics: { Passed, Skipped, Failed } }: Status): string {
  return `${Passed} passed, ${Skipped} skipped, ${Failed} failed`;
}

/** Puts a report, unedited, where and under the name that upstream wants it; returns its path. */
export function recordReport(text: string): string {
  const { gatewayAPIVersion, gatewayAPIChannel, mode, implementation } = readReport(text);
  const folder = join("conformance", "reports", gatewayAPIVersion.replace(/\.\d+$/, ""), "gatewright");
  const path = join(folder, `${gatewayAPIChannel}-${implementation.version}-${mode}-report.yaml`);
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, path), text);
  return path;
}
