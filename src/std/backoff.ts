/** Growing pauses between tries, with jitter so that many do not try in step. */
export class Backoff {
  private readonly first: number;
  private readonly most: number;
  private tries = 0;

  /** @param first Milliseconds of the first pause. @param most Milliseconds that no pause exceeds. */
  constructor(first: number, most: number) {
    this.first = first;
    this.most = most;
  }

  /** Milliseconds to wait now: doubled each time, half of it by chance. */
  next(): number {
    const pause = Math.min(this.first * 2 ** this.tries++, this.most);
    return pause / 2 + (Math.random() * pause) / 2;
  }

  reset(): void {
    this.tries = 0;
  }
}
