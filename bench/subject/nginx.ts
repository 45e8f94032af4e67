import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { receiveBuffer } from "../load/udp-socket.ts";
import { run } from "../machine/facts.ts";
import { groupByHost, poolSize, type Edits, type Setup, type Wire } from "./setup.ts";
import { nativeWarmUp, type Subject } from "./subject.ts";

export const nginx: Subject = {
  name: "nginx",
  warmUp: nativeWarmUp,
  findVersion: () => /nginx\/(\S+)/.exec(run("nginx", ["-v"]) ?? "")?.[1],
  prepare(setup, directory) {
    if (setup.wire.relay !== undefined) return relayCommand(directory, setup);
    return nginxCommand(directory, proxyConfig(setup));
  },
};

/** Where Debian has the module of its package libnginx-mod-stream; absent when nginx has it built in. */
const streamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

/** TLS: by the server name. Buffers are of the size that costs it least for 1 MiB, and that the others have. */
function relayCommand(directory: string, { port, upstreamPort, wire }: Setup): readonly string[] {
  const byName = wire.relay === "tls";
  return write(
    directory,
    existsSync(streamModule) ? `load_module ${streamModule};` : "",
    `stream {
  tcp_nodelay on;
  ${wire.relay === "udp" ? "proxy_timeout 60s;" : "proxy_buffer_size 64k; proxy_timeout 1h;"}
  upstream backend { server 127.0.0.1:${upstreamPort}; }
  map $ssl_preread_server_name $named { "" ""; default backend; }
  server {
    listen 127.0.0.1:${port}${wire.relay === "udp" ? ` udp reuseport rcvbuf=${receiveBuffer}` : ""};
    ${byName ? "ssl_preread on;" : ""}
    proxy_pass ${byName ? "$named" : "backend"};
  }
}`,
  );
}

function write(directory: string, modules: string, block: string): readonly string[] {
  const path = join(directory, "nginx.conf");
  writeFileSync(
    path,
    `${modules}
daemon off;
worker_processes 1;
worker_rlimit_nofile 32768;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 32768; }
${block}
`,
  );
  return ["nginx", "-p", directory, "-c", path];
}

/** Command line of nginx with one worker and this `http` block; for the backend too. */
export function nginxCommand(directory: string, http: string): readonly string[] {
  return write(
    directory,
    "",
    `http {
  access_log off;
  keepalive_timeout 75s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  server_names_hash_max_size 4096;
  server_names_hash_bucket_size 128;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
${http}
}`,
  );
}

/**
 * Bodies are streamed both ways, as the other subjects do it. Of sizes from 8 to 256 KiB this one takes the least CPU for
 * bodies of 1 MiB in both directions, and costs requests without a body nothing.
 */
function proxyConfig(setup: Setup): string {
  const fields = fieldDirectives(setup);
  return `  map $http_x_request_id $identifier { "" $request_id; default $http_x_request_id; }
  upstream backend {
    server 127.0.0.1:${setup.upstreamPort};
    keepalive ${poolSize};
    keepalive_requests 1000000000;
  }
  proxy_http_version 1.1;
  proxy_request_buffering off;
  client_body_buffer_size 256k;
  proxy_buffering off;
  proxy_buffer_size 256k;
  proxy_busy_buffers_size 256k;
  proxy_buffers 8 256k;
  http2_max_requests 1000000000;
  grpc_buffer_size 64k;
${setup.wire.upstreamHttp2 ? grpcDirectives(fields) : fields}
${setup.edits === undefined ? "" : editDirectives(setup.edits)}
  ${tlsDirectives(setup.wire)}
  server { listen ${listenOn(setup)} default_server; return 404; }
${[...groupByHost(setup.routes)].map(([host, prefixes]) => server(setup, host, prefixes)).join("")}`;
}

/** With HTTP/2 `$http_host` may be empty. */
function fieldDirectives({ wire }: Setup): string {
  const host = wire.http2 ? "$host" : "$http_host";
  return `${wire.upstreamHttp2 ? "" : `  proxy_set_header Connection "";\n`}  proxy_set_header Host ${host};
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host ${host};
  proxy_set_header X-Request-Id $identifier;`;
}

/** nginx has no way to add to a request field that may be there; the load does not send the one that is added. */
function editDirectives({ request, response }: Edits): string {
  return `  proxy_set_header ${request.set.name} "${request.set.value}";
  proxy_set_header ${request.add.name} "${request.add.value}";
  proxy_set_header ${request.remove} "";
  proxy_hide_header ${response.set.name};
  add_header ${response.set.name} "${response.set.value}" always;
  add_header ${response.add.name} "${response.add.value}" always;
  proxy_hide_header ${response.remove};`;
}

function listenOn({ port, wire }: Setup): string {
  return `127.0.0.1:${port}${wire.tls === undefined ? "" : " ssl"}${wire.http2 ? " http2" : ""}`;
}

/** Tickets and a cache, as everybody would have them; the protocols and suites that the other subjects offer. */
function tlsDirectives({ tls }: Wire): string {
  if (tls === undefined) return "";
  return `ssl_certificate ${tls.certificate};
  ssl_certificate_key ${tls.key};
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:bench:10m;
  ssl_buffer_size 16k;`;
}

/** nginx speaks HTTP/2 to what it takes for gRPC servers only; to them it sends any request. */
function grpcDirectives(config: string): string {
  return config.replaceAll("proxy_set_header", "grpc_set_header");
}

function server(setup: Setup, host: string, prefixes: readonly string[]): string {
  const { edits, wire } = setup;
  const pass = (to: string): string =>
    wire.upstreamHttp2 ? "grpc_pass grpc://backend" : `proxy_pass http://backend${to}`;
  const locations = prefixes.map((prefix) => {
    const to = edits === undefined ? "" : edits.pathPrefix + prefix;
    return `    location = ${prefix} { ${pass(to)}; }
    location ${prefix}/ { ${pass(to && `${to}/`)}; }
`;
  });
  return `  server {
    listen ${listenOn(setup)};
    server_name ${host};
    location / { return 404; }
${locations.join("")}  }
`;
}
