#!/usr/bin/env node
import module from "node:module";

/** The first with everything that is used here; older ones would fail with an error that nobody understands. */
const oldestNode = 24;

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(`error: Gatewright needs Node ${oldestNode} or newer; this is ${process.version}\n`);
  process.exit(1);
}
module.enableCompileCache();

/** Workers are this script with the role as its argument; users do not call it. */
if (process.argv[2] === "worker") {
  const [{ receiveProgram }, { Proxy }] = await Promise.all([
    import("./delivery/delivery.ts"),
    import("./proxy/proxy.ts"),
  ]);
  receiveProgram((secret, workers) => new Proxy({ secret, workers }));
} else {
  const { runCommand } = await import("./cli/cli.ts");
  process.exitCode = await runCommand(process.argv.slice(2), import.meta.filename);
}
