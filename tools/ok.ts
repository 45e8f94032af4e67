// npm run ok: what CI runs. Every step runs even when one before it failed, so that one run tells everything.
// `--without-tests` leaves the last step to a caller that has run it already.
import { runCommand } from "./run-command.ts";

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const steps: Step[] = [
  { name: "format", command: "oxfmt", args: ["--check", "."] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "src", "test", "bench", "tools", "fuzz"] },
  { name: "types", command: "tsc", args: ["--noEmit"] },
  { name: "dead code", command: "knip", args: [] },
  { name: "generated files", command: process.execPath, args: ["tools/generate.ts", "--check"] },
];
if (!process.argv.includes("--without-tests")) {
  steps.push({ name: "tests and rooms", command: process.execPath, args: ["tools/test.ts"] });
}

const failed = steps.filter(({ name, command, args }) => {
  const start = performance.now();
  console.log(`\n== ${name}`);
  const code = runCommand(command, args);
  console.log(
    `== ${name}: ${code === 0 ? "ok" : `FAILED (${code})`}, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  return code !== 0;
});
if (failed.length > 0) {
  console.log(`\nNot ok: ${failed.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}
console.log("\nok");
