import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { job } from "./objects.ts";

/** Jobs that end well, that fail, that clean up behind them, and one from a CronJob. */
export async function jobs(kubectl: Kubectl): Promise<void> {
  await kubectl.apply(
    job("good", "sh:1", "exit 0", { completions: 3, parallelism: 2 }),
    job("bad", "sh:1", "exit 3"),
    job("brief", "sh:1", "exit 0", { ttlSecondsAfterFinished: 1 }),
    job("indexed", "sh:1", "exit 0", { completions: 2, completionMode: "Indexed" }),
  );
  await kubectl.wait("job/good", "condition=Complete");
  assert.equal(await kubectl.value("job/good", ".status.succeeded"), "3");
  await kubectl.wait("job/bad", "condition=Failed");
  await kubectl.wait("job/indexed", "condition=Complete");
  assert.equal(await kubectl.value("job/indexed", ".status.completedIndexes"), "0,1");
  await kubectl.run("wait", "job/brief", "--for=delete", "--timeout=60s");

  await kubectl.run("create", "cronjob", "yearly", "--image=sh:1", "--schedule=0 0 1 1 *", "--", "/bin/true");
  await kubectl.run("create", "job", "early", "--from=cronjob/yearly");
  await kubectl.wait("job/early", "condition=Complete");
  await kubectl.run("delete", "jobs", "--all", "--timeout=60s");
  await kubectl.run("wait", "pods", "--all", "--for=delete", "--timeout=60s");
}
