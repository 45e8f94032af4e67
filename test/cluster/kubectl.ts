import { stringify } from "yaml";
import type { Site } from "./site.ts";

/** Milliseconds for an API server to answer for the first time. */
const START_TIMEOUT = 180_000;

/** The real kubectl in a site; in one namespace after `within`. */
export class Kubectl {
  readonly site: Site;
  private readonly program: string;
  readonly kubeconfig: string;
  private readonly namespace: string | undefined;

  constructor(site: Site, program: string, kubeconfig: string, namespace?: string) {
    this.site = site;
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.namespace = namespace;
  }

  within(namespace: string): Kubectl {
    return new Kubectl(this.site, this.program, this.kubeconfig, namespace);
  }

  as(kubeconfig: string): Kubectl {
    return new Kubectl(this.site, this.program, kubeconfig, this.namespace);
  }

  /** Standard output; rejects with what it said when it fails. */
  run(...args: readonly string[]): Promise<string> {
    return this.site.run(this.program, this.withFlags(args));
  }

  /** Applies objects, or the YAML of some. */
  apply(...objects: readonly (object | string)[]): Promise<string> {
    return this.feed(["apply", "-f", "-"], objects);
  }

  create(...objects: readonly (object | string)[]): Promise<string> {
    return this.feed(["create", "-f", "-"], objects);
  }

  feed(args: readonly string[], objects: readonly (object | string)[]): Promise<string> {
    const texts = objects.map((each) => (typeof each === "string" ? each : stringify(each)));
    return this.site.run(this.program, this.withFlags(args), texts.join("\n---\n"));
  }

  /** Waits for a condition of one object: `condition=Available`, `delete`, `jsonpath={.status.phase}=Bound`. */
  async wait(object: string, condition: string): Promise<void> {
    if (condition === "create") {
      await this.run("wait", object, "--for=create", "--timeout=60s");
      return;
    }
    if (condition !== "delete") await this.run("wait", object, "--for=create", "--timeout=60s");
    await this.run("wait", object, `--for=${condition}`, "--timeout=90s");
  }

  /** One value of one object, or of a list, as kubectl's JSONPath has it. */
  value(object: string, path: string): Promise<string> {
    return this.run("get", ...object.split(" "), "-o", `jsonpath={${path}}`);
  }

  /** Names of the objects that `kubectl get` finds. */
  async names(...args: readonly string[]): Promise<readonly string[]> {
    const output = await this.run("get", ...args, "-o", "name");
    return output.split("\n").filter((line) => line !== "");
  }

  /** Resolves when the command fails with this in what it says; rejects when it does not fail, or otherwise. */
  async refused(expected: RegExp, ...args: readonly string[]): Promise<void> {
    let said: string;
    try {
      said = `kubectl ${args.join(" ")} went through: ${await this.run(...args)}`;
    } catch (error) {
      said = (error as { readonly stderr?: string }).stderr ?? String(error);
      if (expected.test(said)) return;
    }
    throw new Error(`wanted a refusal with ${String(expected)}; ${said}`);
  }

  async waitForServer(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT;
    for (;;) {
      try {
        await this.run("get", "--raw=/readyz", "--request-timeout=5s");
        return;
      } catch (error) {
        if (Date.now() > deadline || this.site.ended.length > 0) throw error;
      }
    }
  }

  private withFlags(args: readonly string[]): readonly string[] {
    const flags = [
      `--kubeconfig=${this.kubeconfig}`,
      ...(this.namespace === undefined ? [] : [`--namespace=${this.namespace}`]),
    ];
    return [...flags, ...args];
  }
}
