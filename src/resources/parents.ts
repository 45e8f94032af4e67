import { parentReference, type ParentReference } from "./reference.ts";
import { array, optional, type Check } from "./schema.ts";

/**
 * Several references to one parent must be told apart: all of them name a section or none does, likewise for
 * ports, and no two are equal.
 */
const distinctParents: Check<readonly ParentReference[]> = (parents, fail) => {
  const first = new Map<string, ParentReference>();
  const seen = new Set<string>();
  parents.forEach((parent, index) => {
    const { group, kind, namespace = "", name, sectionName = "", port = 0 } = parent;
    const identity = JSON.stringify([group, kind, namespace, name]);
    const other = first.get(identity);
    if (other === undefined) first.set(identity, parent);
    else if (
      (other.sectionName === undefined) !== (parent.sectionName === undefined) ||
      (other.port === undefined) !== (parent.port === undefined)
    ) {
      fail(`${kind} ${name} is named more than once: each reference needs a sectionName or port`, [index]);
      return;
    }
    const whole = JSON.stringify([identity, sectionName, port]);
    if (seen.has(whole)) {
      fail(`${kind} ${name} is named twice with the same sectionName and port`, [index]);
    }
    seen.add(whole);
  });
};

export const parentReferences = optional(array(parentReference, { maxItems: 32, checks: [distinctParents] }));
