import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ApiServer } from "../../../src/apiserver/apiserver.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Milliseconds for one command. */
const LIMIT = 120_000;

/** The real kubectl with a kubeconfig, a home and a cache of its own. */
export class Kubectl {
  readonly folder: string;
  private readonly environment: Readonly<Record<string, string>>;

  /** A kubectl for the server at the end of this kubeconfig file; all goes with the test. */
  constructor(context: TestContext, writeKubeconfig: (path: string) => void) {
    this.folder = mkdtempSync(join(tmpdir(), "gatewright-kubectl-"));
    context.after(() => rmSync(this.folder, { recursive: true, force: true }));
    const kubeconfig = join(this.folder, "kubeconfig");
    writeKubeconfig(kubeconfig);
    this.environment = { HOME: this.folder, KUBECONFIG: kubeconfig, PATH: process.env["PATH"] ?? "" };
  }

  /** A fresh server in memory. */
  static async open(context: TestContext): Promise<Kubectl> {
    const server = await ApiServer.open({ version: "0.0.0" });
    context.after(() => server.close());
    return new Kubectl(context, (path) => server.writeKubeconfig(path));
  }

  /** Writes a file that commands can name by the path that comes back. */
  file(name: string, text: string, mode = 0o600): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  /** Runs a command, whose words have spaces between them or come one by one, with this on its standard input. */
  run(
    words: string | readonly string[],
    input = "",
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Said> {
    return this.start(words, input, extra).said;
  }

  start(words: string | readonly string[], input = "", extra: Readonly<Record<string, string>> = {}) {
    const list = typeof words === "string" ? words.split(" ") : words;
    const child = spawn(process.env["KUBECTL"] ?? "kubectl", list, {
      cwd: this.folder,
      env: { ...this.environment, ...extra },
      timeout: LIMIT,
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    // A command that has ended already does not read.
    child.stdin.on("error", () => undefined).end(input);
    const said = new Promise<Said>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? -1, out, err }));
    });
    return { child, said, output: () => out };
  }

  /** Standard output of a command that must succeed. */
  async ok(words: string | readonly string[], input = ""): Promise<string> {
    const said = await this.run(words, input);
    assert.equal(said.code, 0, `kubectl ${String(words)}: ${said.out}${said.err}`);
    return said.out;
  }

  /** What a command that must fail says on standard error. */
  async refused(words: string | readonly string[], input = ""): Promise<string> {
    const said = await this.run(words, input);
    assert.notEqual(said.code, 0, `kubectl ${String(words)} went through: ${said.out}`);
    return said.err;
  }

  apply(yaml: string, ...flags: readonly string[]): Promise<string> {
    return this.ok(["apply", "-f", "-", ...flags], yaml);
  }

  /** The value at a JSONPath without braces. */
  value(object: string, path: string): Promise<string> {
    return this.ok(["get", ...object.split(" "), "-o", `jsonpath={${path}}`]);
  }
}

/** Words of each line of a table. */
export function rows(table: string): readonly (readonly string[])[] {
  const lines = table.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => line.trim().split(/ {2,}/));
}
