import { availableParallelism } from "node:os";
import { isIP } from "node:net";
import { canonicalAddress } from "../std/ip-address.ts";
import { hostPortForm, parseHostPort, parsePort, type HostPort } from "./host-port.ts";

/** As they stand on the command line. */
export interface RawOptions {
  readonly echo?: boolean;
  readonly backend?: readonly string[];
  readonly address?: string;
  readonly workers?: string;
  readonly trustedProxies?: string;
  readonly output?: string;
  readonly portOffset?: string;
  /** False by `--no-follow`. */
  readonly follow?: boolean;
  readonly dataDir?: string;
  readonly kubeconfigOut?: string;
  readonly apiListen?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly clusterAddress?: string;
}

export interface RunOptions {
  readonly echo: boolean;
  readonly backends: readonly BackendOption[];
  /** One IP address for all Gateways; absent: each has its own loopback address. */
  readonly address?: string;
  readonly workers: number;
  /** Address ranges of proxies in front; absent: nobody is asked for. */
  readonly trustedProxies?: readonly string[];
  readonly output: Output;
  readonly portOffset: number | "auto";
  readonly follow: boolean;
  readonly api: ApiOptions | ClusterOptions;
}

/** The resources live in an API server of our own. */
export interface ApiOptions {
  readonly home: "own";
  /** Absent: in memory. */
  readonly dataDir?: string;
  /** Where the kubeconfig is written; absent: in the data folder, or in a folder of its own that goes with the run. */
  readonly kubeconfigOut?: string;
  /** Port 0: any that is free. */
  readonly listen: HostPort;
}

/** The resources live in a cluster. */
export interface ClusterOptions {
  readonly home: "cluster";
  readonly kubeconfig: string;
  readonly context?: string;
  /** IP address of this machine that the pods of the cluster reach; absent: there is no way in from there. */
  readonly address?: string;
}

type Output = (typeof outputs)[number];

/** One `--backend`: requests for this port of this Service go there. */
export interface BackendOption extends HostPort {
  readonly namespace: string;
  readonly service: string;
  readonly servicePort: number;
}

/** A value on the command line that is not allowed; the message says which are. */
export class OptionError extends Error {}

const outputs = ["text", "json"] as const;

/** More processes than any machine has cores for are a slip of the finger. */
const mostWorkers = 256;

/** The highest privileged port, 1023, must still be a port when it is shifted. */
const largestPortOffset = 65_535 - 1023;

/** Names of namespaces and Services are DNS labels (Kubernetes, "Object Names and IDs"). */
const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Throws an `OptionError` at the first value that is not allowed. */
export function readOptions(raw: RawOptions): RunOptions {
  const backends = (raw.backend ?? []).map(readBackend);
  refuseTwice(backends);
  return {
    echo: raw.echo ?? false,
    backends,
    ...(raw.address !== undefined && { address: readAddress(raw.address) }),
    workers: readWorkers(raw.workers),
    ...(raw.trustedProxies !== undefined && { trustedProxies: readRanges(raw.trustedProxies) }),
    output: readOutput(raw.output ?? "text"),
    portOffset: readPortOffset(raw.portOffset ?? "auto"),
    follow: raw.follow ?? true,
    api: readApi(raw),
  };
}

const anyPort = { host: "127.0.0.1", port: 0 };

function readApi(raw: RawOptions): ApiOptions | ClusterOptions {
  const { kubeconfig, context, dataDir, kubeconfigOut, apiListen, clusterAddress } = raw;
  for (const [option, value] of [
    ["--kubeconfig", kubeconfig],
    ["--context", context],
    ["--data-dir", dataDir],
    ["--kubeconfig-out", kubeconfigOut],
  ] as const) {
    if (value === "") throw new OptionError(`${option} is empty: expected a name`);
  }
  if (kubeconfig !== undefined) {
    const own = { "--data-dir": dataDir, "--kubeconfig-out": kubeconfigOut, "--api-listen": apiListen };
    for (const [option, value] of Object.entries(own)) {
      if (value !== undefined) {
        throw new OptionError(
          `${option} is about the API server that a run opens; with --kubeconfig there is none`,
        );
      }
    }
    return {
      home: "cluster",
      kubeconfig,
      ...(context !== undefined && { context }),
      ...(clusterAddress !== undefined && { address: readClusterAddress(clusterAddress) }),
    };
  }
  if (clusterAddress !== undefined)
    throw new OptionError("--cluster-address is about the cluster of --kubeconfig, which is not given");
  if (context !== undefined)
    throw new OptionError("--context names a context of --kubeconfig, which is not given");
  return {
    home: "own",
    listen: apiListen === undefined ? anyPort : readListen(apiListen),
    ...(dataDir !== undefined && { dataDir }),
    ...(kubeconfigOut !== undefined && { kubeconfigOut }),
  };
}

function readListen(text: string): HostPort {
  const match = /^(.*):(\d{1,5})$/.exec(text);
  const host = (match?.[1] ?? "").replace(/^\[(.*)\]$/, "$1");
  const port = Number(match?.[2] ?? NaN);
  if (isIP(host) === 0 || !(port <= 65_535)) {
    throw refusal(
      "--api-listen",
      text,
      "IP:PORT of this machine, for example 127.0.0.1:6443; port 0 is any that is free",
    );
  }
  return { host, port };
}

function readBackend(text: string): BackendOption {
  const match = /^([^/=]+)\/([^:=]+):([^=]+)=(.+)$/.exec(text);
  const [, namespace = "", service = "", portText = "", target = ""] = match ?? [];
  const servicePort = parsePort(portText);
  if (!dnsLabel.test(namespace) || !dnsLabel.test(service) || servicePort === undefined) {
    throw refusal(
      "--backend",
      text,
      "NAMESPACE/SERVICE:PORT=HOST:PORT, for example shop/api:8080=localhost:3000",
    );
  }
  const place = parseHostPort(target);
  if (place === undefined) throw refusal("--backend", text, `${hostPortForm} after the "="`);
  return { namespace, service, servicePort, ...place };
}

function refuseTwice(backends: readonly BackendOption[]): void {
  const seen = new Set<string>();
  for (const { namespace, service, servicePort } of backends) {
    const name = `${namespace}/${service}:${servicePort}`;
    if (seen.has(name))
      throw new OptionError(`--backend is given twice for ${name}: allowed is one target per port`);
    seen.add(name);
  }
}

function readAddress(text: string): string {
  if (isIP(text) === 0)
    throw refusal("--address", text, "an IP address of this machine, for example 127.0.0.1 or 0.0.0.0");
  return canonicalAddress(text);
}

/** What Services lead to is one machine: 0.0.0.0 and :: are none. */
function readClusterAddress(text: string): string {
  if (isIP(text) === 0 || /^[0:.]*$/.test(text))
    throw refusal(
      "--cluster-address",
      text,
      "an IP address of this machine that pods reach, for example 10.0.0.7",
    );
  return canonicalAddress(text);
}

/** Addresses count as ranges of one. An empty text trusts nobody. */
function readRanges(text: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim());
  return (text.trim() === "" ? [] : parts).map((part) => {
    const [address = "", prefix, ...more] = part.split("/");
    const bits = isIP(address) === 6 ? 128 : 32;
    const length = prefix === undefined ? bits : (readWhole(prefix) ?? -1);
    if (isIP(address) === 0 || length < 0 || length > bits || more.length > 0)
      throw refusal("--trusted-proxies", part, "ranges such as 10.0.0.0/8,192.0.2.7,2001:db8::/32");
    return `${address}/${length}`;
  });
}

function readWorkers(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), mostWorkers);
  const count = readWhole(text);
  if (count === undefined || count < 1 || count > mostWorkers) {
    throw refusal("--workers", text, `a whole number from 1 to ${mostWorkers}`);
  }
  return count;
}

function readOutput(text: string): Output {
  const output = outputs.find((one) => one === text);
  if (output === undefined) throw refusal("--output", text, outputs.join(" or "));
  return output;
}

function readPortOffset(text: string): number | "auto" {
  if (text === "auto") return text;
  const offset = readWhole(text);
  if (offset === undefined || offset > largestPortOffset) {
    throw refusal("--port-offset", text, `auto or a whole number from 0 to ${largestPortOffset}`);
  }
  return offset;
}

function readWhole(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function refusal(option: string, value: string, allowed: string): OptionError {
  return new OptionError(`${option} "${value}" is not allowed. Allowed: ${allowed}`);
}
