import type { Flow } from "./flow.ts";

/** Flows by last use. The flow is its own list node: nothing is allocated, whatever is used how often. */
export class FlowList {
  oldest: Flow | undefined = undefined;
  private newest: Flow | undefined = undefined;

  /** Behind all others: the flow was used now. */
  add(flow: Flow): void {
    flow.list = this;
    flow.older = this.newest;
    flow.newer = undefined;
    if (this.newest === undefined) this.oldest = flow;
    else this.newest.newer = flow;
    this.newest = flow;
  }

  remove(flow: Flow): void {
    if (flow.older === undefined) this.oldest = flow.newer;
    else flow.older.newer = flow.newer;
    if (flow.newer === undefined) this.newest = flow.older;
    else flow.newer.older = flow.older;
    flow.list = undefined;
    flow.older = undefined;
    flow.newer = undefined;
  }

  touch(flow: Flow): void {
    if (this.newest === flow) return;
    this.remove(flow);
    this.add(flow);
  }
}
