/** Frames that carry nothing and may come at once ... */
const burst = 200;
/** ... and that many more each second. */
const perSecond = 50;

/**
 * Measures frames that cost us something and their sender nothing: PING, SETTINGS, PRIORITY, resets, empty DATA, unknown types
 * (CVE-2019-9511 to 9518, CVE-2023-44487). A leaky bucket: useful work lets it run out faster.
 */
export class FloodGauge {
  private level = 0;
  private at = 0;

  /** Counts one such frame. Returns whether it is one too many. */
  add(): boolean {
    const now = performance.now();
    this.level = Math.max(0, this.level - ((now - this.at) * perSecond) / 1000) + 1;
    this.at = now;
    return this.level > burst;
  }

  /** A message was answered as a whole. */
  relieve(): void {
    if (this.level > 0) this.level -= 1;
  }
}
