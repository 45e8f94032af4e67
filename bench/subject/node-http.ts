import { nodeCommand } from "./node-process.ts";
import { compiledWarmUp, type Subject } from "./subject.ts";

export const nodeHttp: Subject = {
  name: "node:http",
  warmUp: compiledWarmUp,
  findVersion: () => process.versions.node,
  prepare: (setup, directory) => nodeCommand("node-http.ts", setup, directory),
};
