import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ProcessTable } from "./process-table.ts";

export const NODE_ADDRESS = "198.51.100.10";
export const POD_PREFIX = "10.244.0";
export const POD_RANGE = `${POD_PREFIX}.0/24`;
export const SERVICE_RANGE = "10.96.0.0/16";
/** The first of the range: the Service `kubernetes`. */
export const API_SERVICE = "10.96.0.1";

const MAX_OUTPUT = 16 * 1024 * 1024;

/** Gives up a command that neither answers nor fails. */
const COMMAND_TIMEOUT = 180_000;

const execute = promisify(execFile);

/** A network namespace of its own that plays the machine, a folder, and the programs that run there. */
export class Site {
  /** Of the namespace; those of pods are `pod-NAME-…`. */
  readonly name: string;
  /** Logs, keys, state. */
  readonly folder: string;
  readonly logs: string;
  private readonly programs: ProcessTable;

  private constructor(name: string, folder: string) {
    this.name = name;
    this.folder = folder;
    this.logs = join(folder, "log");
    this.programs = new ProcessTable(join(folder, "programs.json"));
  }

  /** A site that goes with this process. */
  static passing(): Site {
    return Site.make(`gatewright-${process.pid}`, mkdtempSync(join(tmpdir(), "gatewright-cluster-")));
  }

  /** A new site, which may stay when this process ends. What an earlier one of this name has left must be closed. */
  static make(name: string, folder: string): Site {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "log"), { recursive: true });
    const site = new Site(name, folder);
    const ip = (...args: readonly string[]) => execFileSync("ip", args);
    const inside = (...args: readonly string[]) => ip("-n", name, ...args);
    ip("netns", "add", name);
    inside("link", "set", "lo", "up");
    inside("addr", "add", `${NODE_ADDRESS}/32`, "dev", "lo");
    inside("link", "add", "cbr0", "type", "bridge");
    inside("addr", "add", `${POD_PREFIX}.1/24`, "dev", "cbr0");
    inside("link", "set", "cbr0", "up");
    // Leads nowhere: kube-proxy wants a default route.
    inside("route", "add", "default", "via", `${POD_PREFIX}.254`, "dev", "cbr0");
    const settings = ["ip_forward", "conf.all.route_localnet"].map((name) => `net.ipv4.${name}=1`);
    site.execInside("sysctl", ["-qw", ...settings, "net.ipv4.ip_unprivileged_port_start=0"]);
    return site;
  }

  /** What `make` has made in another process and nobody has closed. */
  static find(name: string, folder: string): Site | undefined {
    return existsSync(join("/run/netns", name)) && existsSync(join(folder, "log"))
      ? new Site(name, folder)
      : undefined;
  }

  /** Starts a program whose output goes to `log/NAME.log`. */
  start(name: string, program: string, args: readonly string[]): void {
    const log = openSync(this.logOf(name), "a");
    // A session of its own: Ctrl-C is for this process, which ends the others in order.
    const child = spawn("nsenter", this.entering(program, args), {
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    // It may stay when this process ends.
    child.unref();
    const { pid } = child;
    if (pid === undefined) return;
    this.programs.add(name, pid);
    child.on("exit", (code, signal) => {
      if (!this.programs.isEnding(pid))
        process.stderr.write(`${name} ended (${code ?? signal}): see ${this.logOf(name)}\n`);
    });
  }

  /** Ends one program; it may be started again. */
  end(name: string): Promise<void> {
    return this.programs.end(name);
  }

  /** Names of the programs that were started. */
  get started(): readonly string[] {
    return this.programs.names;
  }

  /** Names of programs that have ended by themselves. */
  get ended(): readonly string[] {
    return this.programs.ended;
  }

  logOf(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** A command in the namespace whose output is read while it runs. Ctrl-C does not reach it. */
  open(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const options = { env: { ...process.env, ...env }, detached: true } as const;
    return spawn("nsenter", this.entering(program, args), { ...options, stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Output of a command in the namespace; rejects with what it says on standard error. */
  async run(program: string, args: readonly string[], input?: string): Promise<string> {
    const options = { maxBuffer: MAX_OUTPUT, timeout: COMMAND_TIMEOUT };
    const running = execute("nsenter", this.entering(program, args), options);
    running.child.stdin?.end(input);
    const { stdout } = await running;
    return stdout;
  }

  /** Ends everything, in the reverse order of its start; `keeps` leaves the folder. */
  async close(keeps: boolean): Promise<void> {
    for (const name of this.started.toReversed()) await this.end(name);
    const names = spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout.match(/^\S+/gm) ?? [];
    for (const name of names.filter((name) => name === this.name || name.startsWith(`pod-${this.name}-`))) {
      const pids = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8" }).stdout.match(/\d+/g) ?? [];
      for (const pid of pids) kill(Number(pid));
      spawnSync("ip", ["netns", "del", name]);
    }
    if (!keeps) rmSync(this.folder, { recursive: true, force: true });
  }

  /** Not `ip netns exec`: that makes a mount namespace too, in which the names of pods' namespaces are not seen outside. */
  private entering(program: string, args: readonly string[]): readonly string[] {
    return [`--net=/run/netns/${this.name}`, program, ...args];
  }

  private execInside(program: string, args: readonly string[]): void {
    execFileSync("nsenter", this.entering(program, args));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
