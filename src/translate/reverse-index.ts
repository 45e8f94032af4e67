const nobody: ReadonlySet<string> = new Set();

/**
 * Who refers to what, readable from both ends: `targets(owner)` and `owners(target)`. It is what makes an
 * event cost what it touches; nothing here walks more than one owner's targets.
 */
export class ReverseIndex {
  private readonly targetsByOwner = new Map<string, ReadonlySet<string>>();
  private readonly ownersByTarget = new Map<string, Set<string>>();

  /** What `owner` refers to from now on; an empty set forgets the owner. */
  set(owner: string, targets: ReadonlySet<string>): void {
    for (const target of this.targets(owner)) {
      if (targets.has(target)) continue;
      const owners = this.ownersByTarget.get(target);
      owners?.delete(owner);
      if (owners?.size === 0) this.ownersByTarget.delete(target);
    }
    for (const target of targets) {
      const owners = this.ownersByTarget.get(target);
      if (owners === undefined) this.ownersByTarget.set(target, new Set([owner]));
      else owners.add(owner);
    }
    if (targets.size === 0) this.targetsByOwner.delete(owner);
    else this.targetsByOwner.set(owner, targets);
  }

  targets(owner: string): ReadonlySet<string> {
    return this.targetsByOwner.get(owner) ?? nobody;
  }

  owners(target: string): ReadonlySet<string> {
    return this.ownersByTarget.get(target) ?? nobody;
  }
}
