import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { TextFault } from "./tree.ts";

/** Deeper than any manifest; the API server stops somewhere too, and so does the stack. */
const MAX_DEPTH = 200;

/**
 * Values that aliases may add to a document, counted as if they were written out. Ten lines of aliases to
 * aliases can stand for billions of values ("billion laughs"); real manifests stay far below.
 */
const MAX_ALIASED_VALUES = 10_000;

/**
 * The JSON value of a YAML node. Aliases share their value. What JSON cannot say (duplicate keys, keys that are
 * lists, NaN), and aliases that go too far, go to `faults`.
 */
export function toValue(root: Node | null, faults: TextFault[]): unknown {
  return new Conversion(faults).convert(root, 0);
}

interface Anchored {
  value: unknown;
  /** How many values it stands for; absent while it is being converted. */
  size?: number;
}

class Conversion {
  private readonly faults: TextFault[];
  private readonly anchors = new Map<string, Anchored>();
  private values = 0;
  private aliased = 0;

  constructor(faults: TextFault[]) {
    this.faults = faults;
  }

  convert(node: unknown, depth: number): unknown {
    if (node === null || node === undefined) return null;
    this.values++;
    if (isAlias(node)) return this.alias(node.source, offsetOf(node));
    const anchor = (node as Node & { anchor?: string }).anchor;
    if (anchor === undefined) return this.plain(node, depth);
    const anchored: Anchored = { value: null };
    this.anchors.set(anchor, anchored);
    const before = this.values;
    anchored.value = this.plain(node, depth);
    anchored.size = this.values - before + 1;
    return anchored.value;
  }

  private plain(node: unknown, depth: number): unknown {
    if (isScalar(node)) return this.scalar(node.value, offsetOf(node));
    if (depth > MAX_DEPTH) return this.fault(node, "Nested too deeply");
    if (isSeq(node)) return node.items.map((item) => this.convert(item, depth + 1));
    return isMap(node) ? this.map(node, depth) : this.fault(node, "Not a JSON value");
  }

  private scalar(value: unknown, offset: number): unknown {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        if (Number.isFinite(value)) return value;
    }
    if (value === null) return null;
    this.faults.push({ offset, message: "Not a JSON value: write it as a string" });
    return null;
  }

  private alias(name: string, offset: number): unknown {
    const anchored = this.anchors.get(name);
    if (anchored?.size === undefined) {
      const message = anchored === undefined ? `No anchor &${name} before this` : `&${name} contains itself`;
      this.faults.push({ offset, message });
      return null;
    }
    this.aliased += anchored.size;
    this.values += anchored.size;
    if (this.aliased <= MAX_ALIASED_VALUES) return anchored.value;
    if (this.aliased - anchored.size <= MAX_ALIASED_VALUES) {
      this.faults.push({ offset, message: `Aliases stand for more than ${MAX_ALIASED_VALUES} values` });
    }
    return null;
  }

  private map(node: YAMLMap, depth: number): unknown {
    const value: Record<string, unknown> = {};
    const merged: Pair[] = [];
    for (const pair of node.items) {
      const { key } = pair;
      if (!isScalar(key)) {
        this.fault(key, "A key must be a string");
        continue;
      }
      if (key.value === "<<" && key.type === "PLAIN") {
        merged.push(pair);
        continue;
      }
      if (key.anchor !== undefined) this.convert(key, depth);
      const name = typeof key.value === "string" ? key.value : String(key.source ?? key.value);
      if (Object.hasOwn(value, name)) this.fault(key, duplicate(name, depth));
      put(value, name, this.convert(pair.value, depth + 1));
    }
    // Merged fields come last and fill gaps only (https://yaml.org/type/merge.html).
    for (const pair of merged) this.merge(value, pair, depth);
    return value;
  }

  private merge(into: Record<string, unknown>, pair: Pair, depth: number): void {
    const given = this.convert(pair.value, depth + 1);
    for (const source of Array.isArray(given) ? given : [given]) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) {
        this.fault(pair.key, "A merge key needs a map, or a list of maps");
        continue;
      }
      for (const [name, value] of Object.entries(source)) {
        if (!Object.hasOwn(into, name)) put(into, name, value);
      }
    }
  }

  private fault(node: unknown, message: string): null {
    this.faults.push({ offset: offsetOf(node), message });
    return null;
  }
}

function duplicate(name: string, depth: number): string {
  const message = `Duplicate key ${JSON.stringify(name)}`;
  const separable = depth === 0 && (name === "kind" || name === "metadata");
  return separable ? `${message}: a new object needs a line --- before it` : message;
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[name] = value;
  }
}
