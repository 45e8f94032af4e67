import { execFileSync } from "node:child_process";

/** Older ones do not know subresources and server-side validation as these tests use them. */
const MIN_MINOR = 33;

/** The kubectl of the tests, or one line that says why there is none. @param named A path; unset for the PATH's. */
export function findKubectl(
  named: string | undefined,
): { readonly path: string } | { readonly missing: string } {
  const path = named === undefined || named === "" ? "kubectl" : named;
  const wanted = `kubectl 1.${MIN_MINOR} or newer is needed; KUBECTL=FILE names one`;
  let output: string;
  try {
    output = execFileSync(path, ["version", "--client", "-o", "json"], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return {
      missing: `${path} cannot be run (${(error as NodeJS.ErrnoException).code ?? "it failed"}): ${wanted}`,
    };
  }
  const minor = Number(/"gitVersion": "v1\.(\d+)/.exec(output)?.[1]);
  return minor >= MIN_MINOR ? { path } : { missing: `${path} is version 1.${minor}: ${wanted}` };
}
