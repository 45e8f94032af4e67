import { execFileSync } from "node:child_process";
import { isJsonObject } from "../../src/resources/json.ts";

/** The folder of a Go module, downloaded when it is not there. Throws with one line that says what is missing. */
export function goModuleFolder(name: string): string {
  try {
    // The module asks for a Go that is newer than most; Go itself gets it.
    const env = { ...process.env, GOTOOLCHAIN: "auto" };
    const words = ["mod", "download", "-json", name];
    const found = JSON.parse(execFileSync("go", words, { encoding: "utf8", stdio: "pipe", env })) as unknown;
    if (isJsonObject(found) && typeof found["Dir"] === "string") return found["Dir"];
    throw new Error("no folder was named");
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = isAbsent ? "Go is not installed" : "its download failed";
    throw new Error(`${name} is needed, and ${reason}; GATEWAY_API_CRDS=FOLDER names a copy of the CRDs`, {
      cause: error,
    });
  }
}
