/** What came of one test of the suite. */
export interface TestResult {
  readonly name: string;
  readonly outcome: "pass" | "fail" | "skip";
  readonly seconds: number;
  /** That the suite says it relies on; none when it was skipped. */
  readonly features: readonly string[];
  /** Why it was skipped. */
  readonly reason?: string;
  /** What it and its parts wrote. */
  readonly output: string;
}

/** The test that has all the others as its parts. */
const ROOT = "TestConformance";

/** One line of `go tool test2json` (`go doc test2json`). */
interface Event {
  readonly Action: string;
  readonly Test?: string;
  readonly Elapsed?: number;
  readonly Output?: string;
}

/** Reads the events of a run of the suite, as they come. */
export class Events {
  /** In the order in which they ended. */
  readonly results: TestResult[] = [];
  private readonly onResult: (result: TestResult) => void;
  private readonly outputs = new Map<string, string>();
  private rest = "";
  private root: string | undefined;

  constructor(onResult: (result: TestResult) => void) {
    this.onResult = onResult;
  }

  /** What came of the whole, by the last event about it; absent when there was none. */
  get outcome(): string | undefined {
    return this.root;
  }

  /** What belongs to no single test: the suite's preparations and its end. */
  get ownOutput(): string {
    return this.outputs.get("") ?? "";
  }

  read(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") this.take(line);
  }

  private take(line: string): void {
    let event: Event;
    try {
      event = JSON.parse(line) as Event;
    } catch {
      this.write("", `${line}\n`);
      return;
    }
    const { Action: action, Test: path = ROOT, Output: output } = event;
    const [root = "", test = "", ...parts] = path.split("/");
    if (output !== undefined) this.write(test, output);
    else if (event.Test === undefined) return;
    else if (action !== "pass" && action !== "fail" && action !== "skip") return;
    else if (test === "") this.root = root === ROOT ? action : this.root;
    else if (parts.length === 0) this.end(test, action, event.Elapsed ?? 0);
  }

  private write(test: string, output: string): void {
    this.outputs.set(test, (this.outputs.get(test) ?? "") + output);
  }

  private end(name: string, outcome: TestResult["outcome"], seconds: number): void {
    const output = this.outputs.get(name) ?? "";
    this.outputs.delete(name);
    const reason = /Skipping \w+: (.*)/.exec(output)?.[1];
    const result = {
      name,
      outcome,
      seconds,
      output,
      features: featuresIn(output),
      ...(outcome === "skip" && { reason: reason ?? "it says no reason" }),
    };
    this.results.push(result);
    this.onResult(result);
  }
}

/** `Running X, relying on the following features: Gateway-standard, HTTPRoute-standard`. */
function featuresIn(output: string): readonly string[] {
  const list = /relying on the following features: (.*)/.exec(output)?.[1] ?? "";
  return list
    .split(", ")
    .filter((entry) => entry !== "")
    .map((entry) => entry.trim().replace(/-[a-z]+$/, ""));
}
