import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../machine/facts.ts";
import { groupByHost, poolSize, type Edits, type Setup, type Wire } from "./setup.ts";
import { nativeWarmUp, type Subject } from "./subject.ts";

export const haproxy: Subject = {
  name: "haproxy",
  warmUp: nativeWarmUp,
  findVersion: () => /version (\S+)/.exec(run("haproxy", ["-v"]) ?? "")?.[1],
  prepare(setup, directory) {
    const path = join(directory, "haproxy.cfg");
    if (setup.wire.relay === "udp") throw new Error("does not proxy UDP");
    writeFileSync(path, setup.wire.relay === undefined ? config(setup) : relayConfig(setup));
    return ["haproxy", "-db", "-q", "-f", path];
  },
};

/** Buffers as large as the other subjects have: bodies cost a quarter less than with the usual 16 KiB. */
function config(setup: Setup): string {
  const { edits } = setup;
  const rules = [...groupByHost(setup.routes)].flatMap(([host, prefixes], h) => [
    `acl host_${h} req.hdr(host),field(1,:),lower -m str ${host}`,
    ...prefixes.flatMap((prefix, p) => [
      `acl path_${h}_${p} path ${prefix}`,
      `acl path_${h}_${p} path_beg ${prefix}/`,
      `use_backend upstream if host_${h} path_${h}_${p}`,
    ]),
  ]);
  return `${globals}
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 60s
  timeout http-keep-alive 75s
frontend clients
  bind 127.0.0.1:${setup.port}${bindOptions(setup.wire)}
  ${rules.join("\n  ")}
  default_backend unknown
backend unknown
  http-request return status 404
backend upstream
  option forwardfor
  http-reuse always
  http-request set-header X-Forwarded-Proto ${setup.wire.tls === undefined ? "http" : "https"}
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Request-Id %[uuid()] unless { req.hdr(X-Request-Id) -m found }
${edits === undefined ? "" : editDirectives(edits)}
  server one 127.0.0.1:${setup.upstreamPort} pool-max-conn ${poolSize}${setup.wire.upstreamHttp2 ? " proto h2" : ""}
`;
}

const globals = `global
  nbthread 1
  tune.bufsize 65536
  maxconn 9000`;

/** TLS: by the server name, which has to be waited for. */
function relayConfig({ port, upstreamPort, wire }: Setup): string {
  const byName = `tcp-request inspect-delay 5s
  tcp-request content accept if { req_ssl_hello_type 1 }
  use_backend upstream if { req_ssl_sni -m found }`;
  return `${globals}
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend clients
  bind 127.0.0.1:${port}
  ${wire.relay === "tls" ? byName : "default_backend upstream"}
backend upstream
  server one 127.0.0.1:${upstreamPort}
`;
}

function bindOptions({ tls, http2 }: Wire): string {
  if (tls === undefined) return http2 ? " proto h2" : "";
  return ` ssl crt ${tls.both} alpn ${http2 ? "h2,http/1.1" : "http/1.1"} ssl-min-ver TLSv1.2`;
}

function editDirectives({ request, response, pathPrefix }: Edits): string {
  return `  http-request set-header ${request.set.name} "${request.set.value}"
  http-request add-header ${request.add.name} "${request.add.value}"
  http-request del-header ${request.remove}
  http-request set-path ${pathPrefix}%[path]
  http-response set-header ${response.set.name} "${response.set.value}"
  http-response add-header ${response.add.name} "${response.add.value}"
  http-response del-header ${response.remove}`;
}
