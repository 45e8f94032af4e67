const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Milliseconds. One Ctrl-C may arrive twice: from the terminal, which signals the whole process group, and
 * from a parent such as npm that passes on what it got. A second wish of a person comes later than this.
 */
const echoOfSignal = 500;

/** Resolves to the first signal that asks for an end. Calls `leave` for a second one. */
export function waitForStop(leave: () => void): Promise<string> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of signals) {
      process.on(signal, () => {
        const now = performance.now();
        if (first === undefined) {
          first = now;
          resolve(signal);
        } else if (now - first >= echoOfSignal) {
          leave();
        }
      });
    }
  });
}
