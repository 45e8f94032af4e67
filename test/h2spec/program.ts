import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = "github.com/summerwind/h2spec/cmd/h2spec";

/** The path of h2spec, which is built when it is not in the cache yet. Throws with one line that says what is missing. */
export function buildH2spec(): string {
  const { GATEWRIGHT_CACHE: given, XDG_CACHE_HOME: cache = join(homedir(), ".cache") } = process.env;
  const folder = join(given ?? join(cache, "gatewright", "h2spec"), digest());
  const program = join(folder, "h2spec");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  process.stderr.write("Building h2spec ...\n");
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOTOOLCHAIN: "auto" };
  const args = ["build", "-trimpath", "-ldflags", "-s -w", "-o", program, source];
  const { error, status } = spawnSync("go", args, {
    cwd: here,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined)
    throw new Error("h2spec is built with Go, and no `go` is installed", { cause: error });
  if (status !== 0) throw new Error("h2spec could not be built: the lines above say why");
  return program;
}

/** Of what it is made from. */
function digest(): string {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum"]) hash.update(readFileSync(join(here, name)));
  return hash.digest("hex").slice(0, 12);
}
