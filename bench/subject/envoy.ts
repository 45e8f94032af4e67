import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "../machine/facts.ts";
import { groupByHost, type Edits, type FieldSetup, type Setup } from "./setup.ts";
import { nativeWarmUp, requirePlain, type Subject } from "./subject.ts";

/** Where `README.md` says to install it; one on the PATH goes before. */
const installed = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "gatewright-bench/envoy/bin/envoy",
);

export const envoy: Subject = {
  name: "envoy",
  warmUp: nativeWarmUp,
  findVersion: () => /version: [0-9a-f]+\/([^/]+)/.exec(run(command(), ["--version"]) ?? "")?.[1],
  prepare(setup, directory) {
    requirePlain(setup);
    const path = join(directory, "envoy.json");
    writeFileSync(path, JSON.stringify(config(setup), undefined, 1));
    return [command(), "-c", path, "--concurrency", "1", "--disable-hot-restart", "-l", "error"];
  },
};

function command(): string {
  return run("envoy", ["--version"]) === undefined && existsSync(installed) ? installed : "envoy";
}

function config(setup: Setup): object {
  return {
    static_resources: {
      listeners: [
        {
          name: "clients",
          address: address(setup.port),
          filter_chains: [
            {
              filters: [
                {
                  name: "envoy.filters.network.http_connection_manager",
                  typed_config: {
                    "@type": `${types}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                    stat_prefix: "clients",
                    // Writes X-Forwarded-For, X-Forwarded-Proto and X-Request-Id, as an edge proxy should.
                    use_remote_address: true,
                    server_header_transformation: "PASS_THROUGH",
                    route_config: routeConfig(setup),
                    http_filters: [
                      {
                        name: "envoy.filters.http.router",
                        typed_config: {
                          "@type": `${types}.filters.http.router.v3.Router`,
                          suppress_envoy_headers: true,
                        },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: "upstream",
          type: "STATIC",
          connect_timeout: "5s",
          load_assignment: {
            cluster_name: "upstream",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(setup.upstreamPort) } }] }],
          },
        },
      ],
    },
  };
}

const types = "type.googleapis.com/envoy.extensions";

function address(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

function routeConfig({ routes, edits }: Setup): object {
  const forwardedHost = overwrite({ name: "x-forwarded-host", value: "%REQ(:AUTHORITY)%" });
  return {
    name: "routes",
    virtual_hosts: [...groupByHost(routes)].map(([host, prefixes]) => ({
      name: host,
      domains: [host],
      routes: prefixes.map((prefix) => ({
        match: { path_separated_prefix: prefix },
        route: {
          cluster: "upstream",
          ...(edits !== undefined && { prefix_rewrite: edits.pathPrefix + prefix }),
        },
      })),
    })),
    request_headers_to_add: [forwardedHost],
    ...(edits !== undefined && editConfig(edits, forwardedHost)),
  };
}

function editConfig({ request, response }: Edits, forwardedHost: object): object {
  return {
    request_headers_to_add: [forwardedHost, overwrite(request.set), append(request.add)],
    request_headers_to_remove: [request.remove],
    response_headers_to_add: [overwrite(response.set), append(response.add)],
    response_headers_to_remove: [response.remove],
  };
}

function overwrite({ name, value }: FieldSetup): object {
  return { header: { key: name, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

function append({ name, value }: FieldSetup): object {
  return { header: { key: name, value }, append_action: "APPEND_IF_EXISTS_OR_ADD" };
}
