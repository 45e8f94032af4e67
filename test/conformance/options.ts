import { parseArgs } from "node:util";
import type { ServerName } from "../cluster/options.ts";

/** Where the resources live: in etcd behind kube-apiserver, or in Gatewright's own API server. */
export type Mode = "kubernetes" | "embedded";

export interface Options {
  readonly mode: Mode;
  /** Conformance profiles of the suite; all that are about Gateways when there are none. */
  readonly profiles: readonly string[];
  /** Names of tests; all when there are none. */
  readonly only: readonly string[];
  /** Whether the cluster stays, for the next run. */
  readonly keep: boolean;
  /** Ends a cluster that stayed, and does nothing else. */
  readonly down: boolean;
  /** How often the suite runs. */
  readonly runs: number;
  /** Whether the report goes into `conformance/reports`. */
  readonly record: boolean;
}

export const usage = `Usage: npm run conformance -- [--only TEST,...] [--profile PROFILE,...] [--mode kubernetes|embedded] [--keep] [--runs N] [--record]
       npm run conformance -- --down [--mode kubernetes|embedded]
  --only TESTS       these tests only; the cluster stays, and the next such run begins in a second
  --profile NAMES    of the suite's profiles (default: all five of Gateways)
  --mode MODE        embedded: Gatewright's own API server instead of etcd and kube-apiserver
  --keep             the cluster stays for the next run with --keep or --only
  --down             ends a cluster that stayed
  --runs N           the suite runs so many times
  --record           the report goes into conformance/reports, when all is well`;

/** Of the suite, all that are about Gateways. */
export const gatewayProfiles = ["GATEWAY-HTTP", "GATEWAY-GRPC", "GATEWAY-TLS", "GATEWAY-TCP", "GATEWAY-UDP"];

export function serverOf(mode: Mode): ServerName {
  return mode === "embedded" ? "gatewright" : "kube-apiserver";
}

/** Throws an error when an argument is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true },
      profile: { type: "string", multiple: true },
      mode: { type: "string" },
      keep: { type: "boolean" },
      down: { type: "boolean" },
      runs: { type: "string" },
      record: { type: "boolean" },
    },
  });
  const { mode = "kubernetes" } = values;
  if (mode !== "kubernetes" && mode !== "embedded") throw new Error(`--mode ${mode}: kubernetes or embedded`);
  const runs = values.runs === undefined ? 1 : Number(values.runs);
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`--runs ${values.runs}: a whole number above 0`);
  const profiles = listOf(values.profile);
  const unknown = profiles.find((name) => !gatewayProfiles.includes(name));
  if (unknown !== undefined) throw new Error(`--profile ${unknown}: one of ${gatewayProfiles.join(", ")}`);
  const only = listOf(values.only);
  const wrong = only.find((name) => !/^\w+$/.test(name));
  if (wrong !== undefined) throw new Error(`--only ${wrong}: the name of a test, as the report has it`);
  const record = values.record ?? false;
  if (record && (only.length > 0 || profiles.length > 0))
    throw new Error("--record is about whole runs: neither --only nor --profile goes with it");
  return {
    mode,
    runs,
    only,
    record,
    profiles,
    keep: (values.keep ?? false) || only.length > 0,
    down: values.down ?? false,
  };
}

function listOf(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap((value) => value.split(",")).filter((name) => name !== "");
}
