import { faultsOf } from "../admission/policy.ts";
import type { Strategy } from "../objects/write.ts";

/** Policies are refused when an expression does not compile: at night they are too late to mend. */
export const admissionPolicyStrategy: Strategy = { check: (object) => faultsOf(object) };
