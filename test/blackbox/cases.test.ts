import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readCase } from "../golden/case.ts";
import type { CaseRequest } from "../golden/request.ts";
import { translateCase } from "../golden/translate.ts";
import { type Answer, ServedCase } from "./cases/served-case.ts";

const folder = fileURLToPath(new URL("../cases", import.meta.url));

for (const name of readdirSync(folder).filter((file) => file.endsWith(".yaml"))) {
  const one = readCase(join(folder, name));
  if (one.requests.length === 0) continue;
  test(basename(name, ".yaml"), async (t) => {
    const served = await ServedCase.start(translateCase(one).program);
    t.after(() => served.close());
    for (const request of one.requests) {
      if (request.expect.shares !== undefined) await checkShares(served, request);
      else for (let i = 0; i < request.times; i++) checkAnswer(request, await served.send(request));
    }
  });
}

function checkAnswer({ text, expect }: CaseRequest, answer: Answer | undefined): void {
  assert.ok(answer, `${text}: nothing listens there`);
  const { status, headers, seen } = answer;
  assert.equal(status, expect.status, text);
  if (expect.backends !== undefined) {
    if (expect.backends.length === 0) assert.equal(seen, undefined, `${text}: a backend has seen it`);
    else
      assert.ok(
        seen && expect.backends.includes(portOf(seen.backend)),
        `${text}: answered by ${seen?.backend}`,
      );
  }
  if (expect.location !== undefined) assert.equal(headers.location, expect.location, text);
  checkFields(`${text}: answer`, headers, expect.headers);
  if (expect.seen === undefined) return;
  assert.ok(seen, `${text}: no backend has seen it`);
  for (const part of ["method", "host", "path"] as const) {
    if (expect.seen[part] !== undefined)
      assert.equal(seen[part], expect.seen[part], `${text}: ${part} at the backend`);
  }
  checkFields(`${text}: request at the backend`, seen.headers, expect.seen.headers);
}

/** `NAMESPACE/SERVICE:PORT` of a backend's key: a case does not say how it is spoken to. */
function portOf(key: string): string {
  return key.split("/", 2).join("/");
}

/** A null means that the field must be absent. */
function checkFields(
  place: string,
  fields: Readonly<Record<string, string | readonly string[] | undefined>>,
  wanted: Readonly<Record<string, string | null>>,
): void {
  for (const [name, value] of Object.entries(wanted)) {
    const found = fields[name];
    // Field lines of one name are one list (RFC 9110 section 5.3), with or without a space behind the comma.
    const joined = typeof found === "string" ? found : found?.join(",");
    const normal = joined?.replaceAll(/, /g, ",") ?? null;
    assert.equal(normal, value?.replaceAll(/, /g, ",") ?? null, `${place}: ${name}`);
  }
}

/** Five standard deviations: an honest draw fails once in two million runs. */
const deviations = 5;

async function checkShares(served: ServedCase, request: CaseRequest): Promise<void> {
  const counts = new Map<string, number>();
  for (let i = 0; i < request.times; i++) {
    const answer = await served.send(request);
    const who = answer?.seen?.backend ?? String(answer?.status);
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  const shares = request.expect.shares!;
  for (const [who, count] of counts) {
    const share = shares[who] ?? 0;
    const bound = deviations * Math.sqrt(request.times * share * (1 - share));
    assert.ok(
      Math.abs(count - share * request.times) <= bound,
      `${request.text}: ${who} answered ${count} of ${request.times}, wanted ${share} ± ${(bound / request.times).toFixed(3)}`,
    );
  }
  for (const [who, share] of Object.entries(shares)) {
    if (share > 0) assert.ok(counts.has(who), `${request.text}: ${who} answered none`);
  }
}
