// Builds the programs that are missing, and prints the folder that has them: `kubectl` is one of them.
import { buildPrograms } from "./programs.ts";

console.log(buildPrograms("gatewright"));
