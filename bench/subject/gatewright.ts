import manifest from "../../package.json" with { type: "json" };
import { nodeCommand } from "./node-process.ts";
import { compiledWarmUp, type Subject } from "./subject.ts";

export const gatewright: Subject = {
  name: "gatewright",
  warmUp: compiledWarmUp,
  findVersion: () => `${manifest.version} on Node ${process.versions.node}`,
  prepare: (setup, directory) => nodeCommand("gatewright.ts", setup, directory),
};
