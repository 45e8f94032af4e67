/** Which depths occur in a table, deepest first: a lookup probes these and no others. */
export class Depths {
  readonly list: number[];
  private readonly counts: number[];

  constructor(depth: number) {
    this.list = [depth];
    this.counts = [1];
  }

  get empty(): boolean {
    return this.list.length === 0;
  }

  add(depth: number): void {
    const at = this.position(depth);
    if (this.list[at] === depth) {
      this.counts[at] = (this.counts[at] ?? 0) + 1;
      return;
    }
    this.list.splice(at, 0, depth);
    this.counts.splice(at, 0, 1);
  }

  /** Takes back one `add` of this depth. */
  remove(depth: number): void {
    const at = this.position(depth);
    const left = (this.counts[at] ?? 0) - 1;
    this.counts[at] = left;
    if (left > 0) return;
    this.list.splice(at, 1);
    this.counts.splice(at, 1);
  }

  private position(depth: number): number {
    let at = 0;
    while (at < this.list.length && (this.list[at] ?? 0) > depth) at++;
    return at;
  }
}
