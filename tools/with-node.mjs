// Runs a TypeScript file of this repository with the pinned Node, and installs the dependencies first
// when they are missing or older than the lock file. Plain JavaScript for Node 20: it is the first thing
// that runs on a fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const windows = process.platform === "win32";
const stamp = join(root, "node_modules", ".gatewright-lock");
const pinned = join(root, "node_modules", ".bin", windows ? "node.cmd" : "node");

install();
run(chooseNode(), process.argv.slice(2));

function install() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("Installing the pinned dependencies (once) ...\n");
  // Not `npm ci`: it refuses a lock file that was written where the builds for some other platform could not be had.
  // Everything goes to standard error: a command's standard output may be read by a program.
  const flags = ["--no-save", "--loglevel=error", "--include=dev", "--include=optional"];
  const npm = spawnSync("npm", ["install", ...flags], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: windows,
  });
  if (npm.status !== 0) {
    process.stderr.write("npm install failed: the messages above say why. Nothing was started.\n");
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

function chooseNode() {
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  process.stderr.write(
    `No pinned Node for ${process.platform}-${process.arch} is on npm; install Node 24.12 or newer (this is ${process.version}).\n`,
  );
  process.exit(1);
}

function run(node, args) {
  const [script = "", ...rest] = args;
  const flags = script === "--test" ? [] : ["--disable-warning=ExperimentalWarning"];
  // `npm run gatewright` is called from anywhere in the checkout; its file names mean that place.
  const cwd = process.env.npm_lifecycle_event === "gatewright" ? process.env.INIT_CWD : undefined;
  const file = script.startsWith("-") ? script : resolve(root, script);
  const child = spawn(node, [...flags, file, ...rest], { stdio: "inherit", cwd, shell: windows });
  // Ctrl-C in a terminal reaches the child by itself; a signal sent to this process alone is passed on.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) stopWithParent(child);
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** npm passes a signal to its shell, which may die of it and tell nobody: then what it started must not live on. */
function stopWithParent(child) {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    child.kill("SIGTERM");
  }, 500);
  look.unref();
}
