import type { Gateway } from "../resources/gateway/gateway.ts";
import { CLUSTER_ROUTABILITY, isUnbound } from "../resources/gateway/routability.ts";
import type { WantedAddress } from "../resources/wanted-status.ts";
import { canonicalAddress } from "../std/ip-address.ts";
import { addressNotAssigned, addressNotUsable, noneAssigned } from "./condition/gateway.ts";
import type { Problem } from "./problem.ts";
import type { Place } from "./translation.ts";

/** An address of a Gateway and from where it can be reached. */
export type AssignedAddress = Required<WantedAddress>;

/** What became of the addresses that a Gateway asks for (GEP-5093, "Spec Semantics"). */
export interface Assignment {
  readonly addresses: readonly AssignedAddress[];
  /** The requests that nothing was found for, in words; `addresses` are what the others got. */
  readonly unsatisfied: readonly string[];
  /** What stands against `Programmed`. */
  readonly problem?: Problem;
}

type Offer = "" | typeof CLUSTER_ROUTABILITY;

/** An entry of `spec.addresses`. */
interface AddressRequest {
  /** `""`: any. */
  readonly value: string;
  readonly routability: string;
}

/**
 * Every request gets one address of its own or none, whatever becomes of the others; what nobody asked for is not used. Without requests
 * the Gateway has what it was given.
 * @returns undefined while the Gateway has no place: nothing has been decided.
 */
export function assignAddresses(gateway: Gateway, place: Place | undefined): Assignment | undefined {
  if (place === undefined) return undefined;
  const offers = new Map<string, Offer>();
  for (const address of place.cluster?.clusterIPs ?? [])
    if (address !== "") offers.set(address, CLUSTER_ROUTABILITY);
  for (const address of place.addresses) offers.set(address, "");
  const requests = requestsOf(gateway);
  if (requests.length === 0) {
    const addresses = place.addresses.map((value) => assigned(value, ""));
    return { addresses, unsatisfied: [], ...(addresses.length === 0 && { problem: addressNotAssigned }) };
  }
  const found = new Map<AddressRequest, AssignedAddress>();
  for (const request of requests.toSorted(byFreedom)) {
    const address = satisfy(request, offers);
    if (address === undefined) continue;
    offers.delete(address.value);
    found.set(request, address);
  }
  const unsatisfied = requests.filter((request) => !found.has(request));
  const problem = programmedProblem(unsatisfied, found.size === 0);
  return {
    addresses: requests.flatMap((request) => found.get(request) ?? []),
    unsatisfied: unsatisfied.map(describe),
    ...(problem !== undefined && { problem }),
  };
}

/** Whoever can take fewer addresses chooses first. */
function byFreedom(a: AddressRequest, b: AddressRequest): number {
  return freedom(a) - freedom(b);
}

function freedom({ value, routability }: AddressRequest): number {
  return (value === "" ? 2 : 0) + (routability === "" ? 1 : 0);
}

function satisfy(
  { value, routability }: AddressRequest,
  offers: ReadonlyMap<string, Offer>,
): AssignedAddress | undefined {
  const wanted = canonicalAddress(value);
  const fitting = [...offers].filter(([offer]) => wanted === "" || wanted === offer);
  const plain = fitting.find(([, offered]) => offered === "")?.[0];
  const cluster = fitting.find(([, offered]) => offered === CLUSTER_ROUTABILITY)?.[0];
  if (isUnbound(routability) && plain !== undefined) return assigned(plain, routability);
  // "An unset or empty request matches either an explicit empty value or `Cluster`."
  const isCluster = routability === "" || routability === CLUSTER_ROUTABILITY;
  return isCluster && cluster !== undefined ? assigned(cluster, CLUSTER_ROUTABILITY) : undefined;
}

/**
 * "If no entries can be satisfied … MUST set Programmed=False with reason AddressNotAssigned." Of some only the rest is served, and
 * `Programmed` speaks of it where the official suite (GatewayStaticAddresses) wants it to: for an address that was named.
 */
function programmedProblem(unsatisfied: readonly AddressRequest[], isNone: boolean): Problem | undefined {
  if (isNone) return noneAssigned(unsatisfied.map(describe));
  const unusable = unsatisfied.filter(({ value, routability }) => value !== "" && routability === "");
  return unusable.length === 0 ? undefined : addressNotUsable(unusable.map(describe));
}

function describe({ value, routability }: AddressRequest): string {
  const what = value === "" ? "any address" : value;
  return routability === "" ? what : `${what} with routability ${routability}`;
}

function assigned(value: string, routability: string): AssignedAddress {
  return { type: "IPAddress", value, routability };
}

function requestsOf({ spec }: Gateway): readonly AddressRequest[] {
  return (spec.addresses ?? []).map(({ value = "", routability = "" }) => ({ value, routability }));
}

/** Of the first entry that is no IP address. */
export function foreignAddressType({ spec }: Gateway): string | undefined {
  return spec.addresses?.find(({ type }) => type !== "IPAddress")?.type;
}
