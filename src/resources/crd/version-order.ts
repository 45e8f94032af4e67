interface Named {
  readonly name: string;
}

/** `v2` before `v1` before `v2beta1` before `v1alpha1`, and all of them before other names. */
export function byPriority(a: Named, b: Named): number {
  const [left, right] = [rank(a.name), rank(b.name)];
  if (left === undefined || right === undefined) {
    if (left !== right) return left === undefined ? 1 : -1;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  }
  for (const [index, value] of left.entries()) {
    const difference = right[index]! - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

const STABLE = 2;
const STAGES = ["alpha", "beta"];

function rank(name: string): readonly number[] | undefined {
  const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
  if (parts === null) return undefined;
  const [, major, stage, minor] = parts;
  return [stage === undefined ? STABLE : STAGES.indexOf(stage), Number(major), Number(minor ?? 0)];
}
