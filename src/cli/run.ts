import { Command, Option } from "commander";

export interface RunArguments {
  readonly files: readonly string[];
  readonly options: RunFlags;
}

/** As they stand on the command line; the room `run` reads them. */
interface RunFlags {
  readonly echo?: boolean;
  readonly backend?: readonly string[];
  readonly address?: string;
  readonly workers?: string;
  readonly trustedProxies?: string;
  readonly output?: string;
  readonly portOffset?: string;
  readonly follow?: boolean;
  readonly dataDir?: string;
  readonly kubeconfigOut?: string;
  readonly apiListen?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly clusterAddress?: string;
}

const examples = `
Examples:
  # Try the routes of a folder; every Service without endpoints is played by an echo server
  $ gatewright run examples/quickstart --echo

  # Requests for the Service "api" go to a server that you have started yourself
  $ gatewright run gateway.yaml routes/ --backend shop/api:8080=localhost:3000

  # In a container: one address for all Gateways
  $ gatewright run manifests/ --address 0.0.0.0

  # No files: everything comes by kubectl, and stays for the next run
  $ gatewright run --data-dir .gatewright --kubeconfig-out kubeconfig.yaml
  $ kubectl --kubeconfig kubeconfig.yaml apply -f examples/quickstart

  # The resources of a cluster, served on this machine
  $ gatewright run --kubeconfig ~/.kube/config --context staging

  # In a CI job: wait for the first line, {"event":"ready", ...}
  $ gatewright run manifests/ --echo --output json --no-follow
`;

/** `gatewright run`. */
export function runOptions(serve: (call: RunArguments) => Promise<void>): Command {
  return new Command("run")
    .description(
      "Serve the Gateways and routes of manifest files, of kubectl or of a cluster on this machine, and follow every edit.",
    )
    .argument("[files...]", "manifests (.yaml, .yml, .json), and folders of them")
    .option(
      "--echo",
      "play every Service without endpoints with a server that answers with the request it got",
    )
    .addOption(
      new Option(
        "--backend <namespace/service:port=host:port>",
        "send the requests for this port of a Service there (repeatable)",
      ).argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]),
    )
    .option("--address <ip>", "one address for all Gateways (default: each its own, 127.9.0.1 and following)")
    .option(
      "--port-offset <n>",
      'added to ports below 1024; "auto" shifts only when a port cannot be bound: 80 to 8080 (default: auto)',
    )
    .option("--workers <n>", "proxy processes (default: one for each core)")
    .option(
      "--trusted-proxies <ranges>",
      "believe what these say of the client (X-Forwarded-*), and nobody else: 10.0.0.0/8,192.0.2.7",
    )
    .option("--output <form>", "text, or json: one object a line (default: text)")
    .option("--no-follow", "read the files once")
    .option("--kubeconfig-out <file>", "write the kubeconfig for kubectl there")
    .option("--data-dir <folder>", "keep what kubectl writes there for the next run (default: in memory)")
    .option("--api-listen <ip:port>", "where the API server listens (default: 127.0.0.1, any port)")
    .option("--kubeconfig <file>", "serve the resources of this cluster, not those of files")
    .option("--context <name>", "a context of --kubeconfig (default: its current one)")
    .option(
      "--cluster-address <ip>",
      "with --kubeconfig: pods reach this machine there, and every Gateway gets a Service",
    )
    .addHelpText("after", examples)
    .action(async (files: readonly string[], options: RunFlags) => await serve({ files, options }));
}
