import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";
import type { Path } from "../resources/schema/schema.ts";
import { toValue } from "./value.ts";

/** Something that is wrong at an offset of the text. */
export interface TextFault {
  readonly offset: number;
  readonly message: string;
}

/** A document as a JSON value, with the way back from a path in the value to the place in the text. */
export interface Tree {
  readonly value: unknown;
  /** Where the value at the path (or its key) begins; for what does not exist, where it is missing. */
  locate(path: Path, where: "key" | "value"): number;
  /** Length of what stands at the path, in characters. */
  extent(path: Path): number;
  /** Every plain scalar of the document. */
  plainScalars(): Iterable<{ readonly offset: number; readonly source: string; readonly value: unknown }>;
}

/** A broken document can break in many places, and the first ones say enough. */
const MAX_SYNTAX_FAULTS = 5;

/** Parses one document of YAML 1.2 (core schema, and merge keys), which JSON is a part of. Never throws. */
export function parseTree(text: string): Tree | readonly TextFault[] {
  let root: Node | null;
  const faults: TextFault[] = [];
  try {
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
    // A warning is a tag that nobody knows: what it stands for would be guesswork.
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      if (!faults.some((fault) => fault.offset === pos[0])) faults.push({ offset: pos[0], message });
    }
    root = document.contents;
  } catch (error) {
    return [{ offset: 0, message: `Not readable as YAML: ${(error as Error).message}` }];
  }
  if (faults.length > 0) return faults.slice(0, MAX_SYNTAX_FAULTS);
  const value = toValue(root, faults);
  if (faults.length > 0) return faults.slice(0, MAX_SYNTAX_FAULTS);
  return {
    value,
    locate: (path, where) => locate(root, path, where),
    extent: (path) => {
      const node = descend(root, path).node;
      return node?.range ? node.range[1] - node.range[0] : 0;
    },
    plainScalars: () => plainScalars(root),
  };
}

interface Position {
  readonly node: Node | null;
  /** The key under which the node stands; a node of a list has none. */
  readonly key: Node | undefined;
  /** Whether the whole path exists. */
  readonly whole: boolean;
}

function descend(root: Node | null, path: Path): Position {
  let node = root;
  let key: Node | undefined;
  for (const segment of path) {
    if (isMap(node)) {
      const pair = findPair(node, String(segment)) ?? findPair(node, "<<");
      if (pair === undefined) return { node, key, whole: false };
      key = pair.key as Node;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      const item = node.items[Number(segment)] as Node | undefined;
      if (item === undefined) return { node, key, whole: false };
      key = undefined;
      node = item;
    } else {
      // Beyond an alias or a merge key: the place is where it is used.
      return { node, key, whole: false };
    }
  }
  return { node, key, whole: true };
}

function locate(root: Node | null, path: Path, where: "key" | "value"): number {
  const { node, key, whole } = descend(root, path);
  const empty = isScalar(node) && node.source === "";
  const target = key !== undefined && (where === "key" || !whole || empty) ? key : (node ?? key);
  return target?.range?.[0] ?? 0;
}

function findPair(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && (key.value === name || String(key.source) === name));
}

function* plainScalars(root: Node | null) {
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const node = stack.pop();
    if (isMap(node)) for (const pair of node.items.toReversed()) stack.push(pair.value);
    else if (isSeq(node)) stack.push(...node.items.toReversed());
    else if (!isAlias(node) && isScalar(node) && node.type === "PLAIN" && node.range) {
      yield { offset: node.range[0], source: node.source ?? "", value: node.value };
    }
  }
}
