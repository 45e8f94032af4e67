import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

interface Build {
  /** Folder of the Go module that says the versions. */
  readonly module: string;
  /** The package. */
  readonly source: string;
  readonly output: string;
  /** For the linker. */
  readonly flags?: string;
  /** The package's tests as a program. */
  readonly isTest?: boolean;
  /** The Go that it must be built with; otherwise the module's own. */
  readonly toolchain?: string;
}

/** Where programs from these modules are kept. `GATEWRIGHT_CACHE` is another place than the usual one for it. */
export function cacheFolder(modules: readonly string[]): string {
  const { GATEWRIGHT_CACHE: given, XDG_CACHE_HOME: cache = join(homedir(), ".cache") } = process.env;
  const folder = join(given ?? join(cache, "gatewright", "cluster"), digest(modules));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Of everything that the programs are made from. */
function digest(modules: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of modules) {
    for (const name of readdirSync(folder).toSorted())
      hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Builds a program that is not there yet, and says what and how long on standard error. */
export function build({ module, source, output, flags = "", isTest = false, toolchain }: Build): void {
  if (existsSync(output)) return;
  process.stderr.write(`Building ${basename(output)} ... `);
  const start = performance.now();
  const command = isTest ? ["test", "-c"] : ["build"];
  go(module, [...command, "-trimpath", "-ldflags", `-s -w ${flags}`, "-o", output, source], toolchain);
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(0)} s\n`);
}

/** Standard output of a `go` command in a module. */
export function go(module: string, args: readonly string[], toolchain = "auto"): string {
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOTOOLCHAIN: toolchain };
  const { status, stdout } = spawnSync("go", args, {
    cwd: module,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`go ${args[0] ?? ""} failed in ${module}: the lines above say why`);
  return stdout;
}
