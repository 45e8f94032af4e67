import { HostScan } from "./host-scan.ts";
import { PathScan } from "./path-scan.ts";
import { parseQuery } from "./query.ts";

/** Access to the header fields of a head, as the proxy has parsed it. Values are latin1, one character per byte. */
export interface FieldView {
  /** The field's value, repeated lines joined by `,`; `undefined` when absent. `lowerName` is lower case. */
  get(lowerName: string): string | undefined;
}

/**
 * The request that is being looked up. One per router, used again for every request: a lookup runs to
 * completion and allocates nothing, but for the query when a candidate asks for it.
 */
export class Probe {
  readonly host = new HostScan();
  readonly path = new PathScan();
  method = "";
  target = "";
  fields: FieldView = NO_FIELDS;
  /** `path` is of this request. */
  pathRead = false;
  /** Table nodes and candidates looked at since the router was made: what a lookup costs, without a clock. */
  inspected = 0;
  private pathText: string | undefined = undefined;
  private query: ReadonlyMap<string, string> | undefined = undefined;

  begin(method: string, target: string, fields: FieldView): void {
    this.method = method;
    this.target = target;
    this.fields = fields;
    this.pathRead = false;
    this.pathText = undefined;
    this.query = undefined;
  }

  /** The path as text, for regular expressions. */
  pathname(): string {
    if (this.pathText === undefined) {
      const mark = this.target.indexOf("?");
      this.pathText = mark < 0 ? this.target : this.target.slice(0, mark);
    }
    return this.pathText;
  }

  parameter(name: string): string | undefined {
    this.query ??= parseQuery(this.target);
    return this.query.get(name);
  }
}

const NO_FIELDS: FieldView = { get: () => undefined };
