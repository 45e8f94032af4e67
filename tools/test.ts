// npm test: every test that needs Node and npm only. Arguments are files or options of `node --test`.
import { runCommand } from "./run-command.ts";

const given = process.argv.slice(2);
const files = given.some((argument) => !argument.startsWith("-"))
  ? given
  : [...given, "src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"];
/** A test that waits for what never comes is stopped after so many milliseconds, and has failed. */
const limit = 120_000;
const options = ["--test", `--test-timeout=${limit}`, "--disable-warning=ExperimentalWarning"];
process.exit(runCommand(process.execPath, [...options, ...files]));
