import { parseArgs } from "node:util";

/** Whose API the control plane runs against: ours, or the real one as the oracle. */
export type ServerName = "gatewright" | "kube-apiserver";

export interface Options {
  /** Rounds are begun until so many minutes have passed; one at least. */
  readonly minutes: number;
  readonly server: ServerName;
  /** Whether logs and state stay when all went well. */
  readonly keep: boolean;
  /** Of scenarios; all when there are none. */
  readonly names: readonly string[];
}

export const usage = `Usage: npm run cluster -- [--minutes N] [--server gatewright|kube-apiserver] [--keep] [SCENARIO ...]
  --minutes N   rounds of work are begun for so long (default 10; a round takes two, so 1 is one round)
  --server S    kube-apiserver: the real one with etcd, which shows what errors are normal
  --keep        keep logs and state also when all went well`;

const DEFAULT_MINUTES = 10;

/** Throws an error with the usage when an argument is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { minutes: { type: "string" }, server: { type: "string" }, keep: { type: "boolean" } },
  });
  const minutes = values.minutes === undefined ? DEFAULT_MINUTES : Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: a number above 0`);
  const server = values.server ?? "gatewright";
  if (server !== "gatewright" && server !== "kube-apiserver") {
    throw new Error(`--server ${server}: gatewright or kube-apiserver`);
  }
  return { minutes, server, keep: values.keep ?? false, names: positionals };
}
