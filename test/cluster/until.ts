/** Milliseconds; more than any controller takes here. */
const LIMIT = 60_000;

/** Asks again and again, for what `kubectl wait` cannot say. */
export async function until(wanted: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${LIMIT / 1000} s: ${wanted}`);
  }
}
