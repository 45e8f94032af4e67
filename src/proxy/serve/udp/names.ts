import { lookup } from "node:dns";
import { reportBug } from "../../../std/bug.ts";
import { nameLifetime, maxKnownNames } from "../../limits.ts";
import type { Address } from "../../transport/transport.ts";

/** Who waits for the address of a name. */
export interface NameOwner {
  /** `undefined`: the name has none. */
  onAddress(address: string | undefined): void;
}

interface Name {
  address: string | undefined;
  /** Milliseconds of `performance.now()`. */
  expires: number;
  /** Absent when it is known. */
  waiting: NameOwner[] | undefined;
}

/** Addresses of the names that endpoints have: one question at a time for each, however many flows want it. */
export class Names {
  private readonly names = new Map<Address, Name>();

  /** Calls the owner back: now when the address is known, and later otherwise. */
  resolve(place: Address, owner: NameOwner): void {
    const known = this.names.get(place);
    if (known?.waiting !== undefined) known.waiting.push(owner);
    else if (known !== undefined && performance.now() < known.expires) owner.onAddress(known.address);
    else this.ask(place, owner);
  }

  private ask(place: Address, owner: NameOwner): void {
    this.names.delete(place);
    if (this.names.size >= maxKnownNames) this.forgetOldest();
    const name: Name = { address: undefined, expires: 0, waiting: [owner] };
    this.names.set(place, name);
    // With several addresses not asked for it is one, whatever the type says.
    (place.lookup ?? lookup)(place.host, {}, (error, found) => {
      const address = found as string;
      const waiting = name.waiting ?? [];
      name.waiting = undefined;
      name.address = error === null ? address : undefined;
      name.expires = performance.now() + nameLifetime;
      for (const one of waiting) {
        try {
          one.onAddress(name.address);
        } catch (failure) {
          // The others want to know too.
          reportBug(failure);
        }
      }
    });
  }

  /** Those under way may be forgotten too: who waits for them is called back all the same. */
  private forgetOldest(): void {
    for (const place of this.names.keys()) {
      this.names.delete(place);
      return;
    }
  }
}
