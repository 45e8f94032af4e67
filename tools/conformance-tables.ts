// The tables about conformance: ours from the recorded reports, the others' from `conformance/standing.json`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readReport, type Profile, type Report } from "../test/conformance/report.ts";
import { root } from "./run-command.ts";

/** Of our reports, and of the README beside them. */
export const reportsFolder = "conformance/reports/v1.7/gatewright";

/** A report of another implementation, as upstream publishes it. */
interface Standing {
  readonly name: string;
  readonly version: string;
  readonly suite: string;
  readonly channel: string;
  readonly date: string;
  /** Core tests passed/skipped · extended features supported/of. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly provisional: number;
}

const columns = ["GATEWAY-HTTP", "GATEWAY-GRPC", "GATEWAY-TLS", "GATEWAY-TCP", "GATEWAY-UDP"];

/** The row that upstream wants for each report. */
export function tableOfContents(): string {
  const rows = reports().map(({ file, report }) => {
    const { version } = report.implementation;
    const link = `[${version} report](./${file})`;
    return `| ${report.gatewayAPIChannel} | ${version} | ${report.mode} | ${link} |`;
  });
  return [
    "| API channel | Implementation version | Mode | Report |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** Ours, then the others'. */
export function standingTable(): string {
  const { reports: others } = JSON.parse(
    readFileSync(join(root, "conformance", "standing.json"), "utf8"),
  ) as {
    readonly reports: readonly Standing[];
  };
  const title = columns.map((name) => name.replace("GATEWAY-", "")).join(" | ");
  return [
    `| Implementation | Suite | ${title} | Provisional |`,
    `| --- | --- |${" --- |".repeat(columns.length + 1)}`,
    ...reports().map(({ report }) => ourRow(report)),
    ...others.map(otherRow),
    "",
  ].join("\n");
}

function reports(): readonly { readonly file: string; readonly report: Report }[] {
  const files = readdirSync(join(root, reportsFolder)).filter((file) => file.endsWith(".yaml"));
  return files.toSorted().map((file) => ({
    file,
    report: readReport(readFileSync(join(root, reportsFolder, file), "utf8")),
  }));
}

function ourRow(report: Report): string {
  const cells = columns.map((name) => {
    const profile = report.profiles?.find((each) => each.name === name);
    return profile === undefined ? "–" : cellOf(profile);
  });
  const mode = report.mode === "default" ? "" : `, ${report.mode}`;
  const passed = report.succeededProvisionalTests?.length ?? 0;
  return `| **Gatewright ${report.implementation.version}**${mode} | ${report.gatewayAPIVersion} | ${cells.join(" | ")} | ${passed} |`;
}

function cellOf({ core, extended }: Profile): string {
  const { Passed, Skipped, Failed } = core.statistics;
  const others = [Skipped, Failed].some((count) => count > 0) ? `/${Skipped}/${Failed}` : "";
  const supported = extended?.supportedFeatures?.length ?? 0;
  const all = supported + (extended?.unsupportedFeatures?.length ?? 0);
  return `${Passed}${others} · ${all === 0 ? "–" : `${supported}/${all}`}`;
}

function otherRow({ name, version, suite, profiles, provisional }: Standing): string {
  const cells = columns.map((column) => profiles[column] ?? "–");
  return `| ${name} ${version} | ${suite} | ${cells.join(" | ")} | ${provisional} |`;
}
