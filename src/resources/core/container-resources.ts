import { array, type Check, map, object, optional, string } from "../schema/schema.ts";
import { optionalString, quantity } from "./fields.ts";
import { resourceKey } from "./names.ts";
import { quantityValue } from "./quantity.ts";

interface Amounts {
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly requests?: Readonly<Record<string, unknown>>;
}

const requestsWithinLimits: Check<Amounts> = ({ limits = {}, requests = {} }, fail) => {
  for (const [list, amounts] of Object.entries({ limits, requests })) {
    for (const [name, amount] of Object.entries(amounts)) {
      if ((quantityValue(amount) ?? 0) < 0) fail("Cannot be negative", [list, name]);
    }
  }
  for (const [name, amount] of Object.entries(requests)) {
    if (!Object.hasOwn(limits, name)) continue;
    if (quantityValue(amount)! > quantityValue(limits[name])!) {
      fail(`More than its limit of ${String(limits[name])}`, ["requests", name]);
    }
  }
};

const resourceClaim = object({ name: string(), request: optionalString });

export const resourceRequirements = object(
  {
    claims: optional(array(resourceClaim, { mapKeys: ["name"] })),
    limits: optional(map(quantity, { keys: resourceKey, description: "The most it may use." })),
    requests: optional(
      map(quantity, { keys: resourceKey, description: "What is set aside for it; the limits unless said." }),
    ),
  },
  {
    description: "How much a container may use, and how much is set aside for it.",
    checks: [requestsWithinLimits],
  },
);

export const containerResizePolicy = object({
  resourceName: string({ enum: ["cpu", "memory"] }),
  restartPolicy: string({ enum: ["NotRequired", "RestartContainer"] }),
});
