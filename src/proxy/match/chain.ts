/**
 * Nodes of a hash table: a Map from a 32-bit hash to a chain of nodes. The reader walks the chain and
 * compares what the hash stands for, so neither a collision nor a substring allocation can happen.
 */
export interface Chained<Node> {
  /** A signed 32-bit hash. */
  readonly key: number;
  next: Node | undefined;
}

export function link<Node extends Chained<Node>>(table: Map<number, Node>, node: Node): void {
  node.next = table.get(node.key);
  table.set(node.key, node);
}

/** Takes out a node that is in the table. */
export function unlink<Node extends Chained<Node>>(table: Map<number, Node>, node: Node): void {
  const first = table.get(node.key);
  if (first === node) {
    if (node.next === undefined) table.delete(node.key);
    else table.set(node.key, node.next);
    return;
  }
  for (let before = first; before !== undefined; before = before.next) {
    if (before.next !== node) continue;
    before.next = node.next;
    return;
  }
}
