// npm run build: the package as users install it, in build/package: compiled JavaScript for Node 24 and newer, and nothing else.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "./run-command.ts";

const target = join(root, "build", "package");
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const code = runCommand("tsc", ["-p", "tsconfig.build.json"]);
if (code !== 0) process.exit(code);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}
const { name, version, description, license, dependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as Manifest;
const manifest = {
  name,
  version,
  description,
  license,
  type: "module",
  bin: { gatewright: "dist/main.js" },
  engines: { node: ">=24" },
  dependencies,
};
writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) cpSync(join(root, file), join(target, file));
cpSync(join(root, "examples"), join(target, "examples"), { recursive: true });
console.log("build/package is ready: npm pack ./build/package");
