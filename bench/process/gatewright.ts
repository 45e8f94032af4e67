// One worker of Gatewright, running a program that does what the setup says.
import { readFileSync } from "node:fs";
import type { Certificate, Filter, L4Route, Listener, Program, Rule } from "../../src/program/program.ts";
import { wholeProgram } from "../../src/program/change.ts";
import { Proxy } from "../../src/proxy/proxy.ts";
import type { CertificateFiles, Edits, FieldEdits, RouteSetup, Setup, Wire } from "../subject/setup.ts";
import { readSetup } from "./read-setup.ts";

const listener = "bench/gateway/http";
const backend = "bench/upstream:80";
const certificate = "bench/certificate";

const relayProtocols = { tcp: "TCP", tls: "TLS", udp: "UDP" } as const;

const relay: L4Route = {
  key: "TCPRoute/bench/relay",
  namespace: "bench",
  name: "relay",
  created: 0,
  attachments: [{ listener, hostnames: [""] }],
  destinations: [{ weight: 1, backend }],
};

const failures = await new Proxy().apply(wholeProgram(programOf(readSetup())));
for (const { code, message } of failures) console.error(`${code}: ${message}`);
if (failures.length > 0) process.exit(1);

function programOf({ port, upstreamPort, routes, edits, wire }: Setup): Program {
  return {
    version: 1,
    listeners: new Map([
      [
        listener,
        {
          key: listener,
          binds: [{ address: "127.0.0.1", port }],
          hostname: "",
          ...listenerProtocol(wire),
        },
      ],
    ]),
    routes: new Map(
      routes.map((route, i) => {
        const name = `route-${i}`;
        const key = `HTTPRoute/bench/${name}`;
        const attachments = [{ listener, hostnames: [route.host] }];
        return [key, { key, namespace: "bench", name, created: i, attachments, rules: [rule(route, edits)] }];
      }),
    ),
    l4Routes: new Map(wire.relay === undefined ? [] : [[relay.key, relay]]),
    certificates: new Map(wire.tls === undefined ? [] : [[certificate, readCertificate(wire.tls)]]),
    backends: new Map([
      [
        backend,
        {
          key: backend,
          endpoints: [{ host: "127.0.0.1", port: upstreamPort }],
          ...(wire.upstreamHttp2 && { protocol: "HTTP2" }),
          ...(wire.relay !== undefined && { protocol: wire.relay === "udp" ? "UDP" : "TCP" }),
        },
      ],
    ]),
  };
}

function listenerProtocol({ tls, relay }: Wire): Pick<Listener, "protocol" | "tls"> {
  if (relay !== undefined) return { protocol: relayProtocols[relay] };
  return tls === undefined
    ? { protocol: "HTTP" }
    : { protocol: "HTTPS", tls: { certificates: [certificate] } };
}

function readCertificate(files: CertificateFiles): Certificate {
  const [chain, privateKey] = [files.certificate, files.key].map((path) => readFileSync(path, "utf8"));
  return { key: certificate, chain: chain!, privateKey: privateKey! };
}

function rule({ prefix }: RouteSetup, edits: Edits | undefined): Rule {
  return {
    matches: [{ path: { type: "PathPrefix", value: prefix }, headers: [], query: [] }],
    filters: edits === undefined ? [] : filters(edits, prefix),
    destinations: [{ weight: 1, backend, filters: [] }],
  };
}

function filters({ request, response, pathPrefix }: Edits, prefix: string): readonly Filter[] {
  return [
    { type: "RequestHeaderModifier", ...lists(request) },
    { type: "ResponseHeaderModifier", ...lists(response) },
    { type: "URLRewrite", path: { type: "ReplacePrefixMatch", value: pathPrefix + prefix } },
  ];
}

function lists({ set, add, remove }: FieldEdits) {
  return { set: [set], add: [add], remove: [remove.toLowerCase()] };
}
