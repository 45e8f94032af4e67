import { spawn } from "node:child_process";
import { loadCpu, pinned } from "../machine/processes.ts";

/** Runs a load generator on its CPU to its end. Resolves to what it printed; it does not outlive this process. */
export function runGenerator(command: readonly string[]): Promise<string> {
  const [file, ...args] = pinned(loadCpu, command);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => (output += text));
    }
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("error", reject);
    child.once("close", () => {
      process.off("exit", kill);
      resolve(output);
    });
  });
}
