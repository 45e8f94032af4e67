import { compare } from "./precedence.ts";
import type { Probe } from "./probe.ts";
import type { CompiledMatch } from "./rule.ts";
import { Shape } from "./shape.ts";

/**
 * The matches of one hostname and one path. Nearly always there is a single one, and no table is made.
 * Otherwise: by method, then by shape; a match with a method beats every match without one.
 */
export class Candidates {
  private only: CompiledMatch | undefined = undefined;
  /** By method, `""` for any; shapes with more header and query tests first. */
  private methods: Map<string, Shape[]> | undefined = undefined;
  size = 0;

  add(match: CompiledMatch): void {
    this.size++;
    if (this.size === 1) {
      this.only = match;
      return;
    }
    this.methods ??= new Map();
    if (this.only !== undefined) {
      this.file(this.methods, this.only);
      this.only = undefined;
    }
    this.file(this.methods, match);
  }

  /** Takes out a match that was added. */
  remove(match: CompiledMatch): void {
    this.size--;
    if (this.methods === undefined) {
      this.only = undefined;
      return;
    }
    const shapes = this.methods.get(match.method) ?? [];
    const at = shapes.findIndex((shape) => shape.signature === match.conditions.signature);
    const shape = shapes[at];
    if (shape === undefined) return;
    shape.remove(match);
    if (shape.size > 0) return;
    shapes.splice(at, 1);
    if (shapes.length > 0) return;
    this.methods.delete(match.method);
    if (this.methods.size === 0) this.methods = undefined;
  }

  /** The match that the request gets. */
  pick(probe: Probe): CompiledMatch | undefined {
    const only = this.only;
    if (only !== undefined) {
      probe.inspected++;
      return only.holds(probe) ? only : undefined;
    }
    if (this.methods === undefined) return undefined;
    const own = this.methods.get(probe.method);
    const found = own === undefined ? undefined : pickShape(own, probe);
    if (found !== undefined) return found;
    const any = this.methods.get("");
    return any === undefined ? undefined : pickShape(any, probe);
  }

  private file(methods: Map<string, Shape[]>, match: CompiledMatch): void {
    let shapes = methods.get(match.method);
    if (shapes === undefined) methods.set(match.method, (shapes = []));
    let shape = shapes.find((one) => one.signature === match.conditions.signature);
    if (shape === undefined) {
      shape = new Shape(match);
      const at = shapes.findIndex((one) => isLess(one, match));
      shapes.splice(at < 0 ? shapes.length : at, 0, shape);
    }
    shape.add(match);
  }
}

function pickShape(shapes: readonly Shape[], probe: Probe): CompiledMatch | undefined {
  let best: CompiledMatch | undefined;
  for (let i = 0; i < shapes.length; i++) {
    const shape = shapes[i]!;
    if (best !== undefined && isLess(shape, best)) break;
    probe.inspected++;
    const found = shape.find(probe);
    if (found !== undefined && (best === undefined || compare(found, best) < 0)) best = found;
  }
  return best;
}

function isLess(shape: Shape, match: CompiledMatch): boolean {
  if (shape.headerCount !== match.headerCount) return shape.headerCount < match.headerCount;
  return shape.queryCount < match.queryCount;
}
