// npm run test:kubectl: the embedded API server under the real kubectl. KUBECTL names the binary; otherwise it is the one
// on the PATH. Arguments are suites (files) or options of `node --test`; all suites without any.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../tools/run-command.ts";
import { findKubectl } from "./kit/find-kubectl.ts";

const found = findKubectl(process.env["KUBECTL"]);
if ("missing" in found) {
  console.error(found.missing);
  process.exit(1);
}
process.env["KUBECTL"] = found.path;
const given = process.argv.slice(2);
const suites = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".suite.ts"))
  .map((name) => join(import.meta.dirname, name));
const files = given.some((argument) => !argument.startsWith("-")) ? given : [...given, ...suites];
// In one process: reading the server's sources takes longer than most of these tests.
const options = [
  "--test",
  "--test-isolation=none",
  "--test-timeout=300000",
  "--disable-warning=ExperimentalWarning",
];
process.exit(runCommand(process.execPath, [...options, ...files]));
