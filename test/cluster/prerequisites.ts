import { spawnSync } from "node:child_process";

/** Programs of the machine, and how to get them. */
const tools = {
  go: "Go 1.21 or newer, from go.dev",
  nft: "apt-get install nftables",
  ip: "apt-get install iproute2",
  nsenter: "apt-get install util-linux",
  sysctl: "apt-get install procps",
};

/** What this machine lacks, in one line; undefined when it has everything. */
export function whatIsMissing(): string | undefined {
  if (process.platform !== "linux")
    return `Linux: network namespaces are nowhere else (this is ${process.platform})`;
  if (process.getuid?.() !== 0) return "root: network namespaces are made by nobody else";
  const lacking = Object.entries(tools).filter(([name]) => spawnSync("which", [name]).status !== 0);
  if (lacking.length === 0) return undefined;
  return lacking.map(([name, from]) => `${name} (${from})`).join(", ");
}
