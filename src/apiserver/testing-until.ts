import assert from "node:assert/strict";

/** Turns of the event loop: far more than any controller here needs, and over in seconds. */
const TURNS = 2000;

/** Waits until the condition holds, a bounded number of turns; fails otherwise, saying `what` did not come. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (await holds()) return;
    await new Promise(setImmediate);
  }
  assert.fail(`in ${TURNS} turns it did not come to this: ${what}`);
}
