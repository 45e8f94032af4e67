/**
 * Reports an error that no user, client or backend can cause: ours. What was going on when it was thrown is given up by the
 * caller; everything else goes on ("costs one stream, not the process").
 */
export function reportBug(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`bug: ${text}\n`);
}
