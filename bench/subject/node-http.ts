import { nodeCommand } from "./node-process.ts";
import { compiledWarmUp, requirePlain, type Subject } from "./subject.ts";

export const nodeHttp: Subject = {
  name: "node:http",
  warmUp: compiledWarmUp,
  findVersion: () => process.versions.node,
  prepare(setup, directory) {
    requirePlain(setup);
    return nodeCommand("node-http.ts", setup, directory);
  },
};
