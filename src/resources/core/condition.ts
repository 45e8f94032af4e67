import { object, optional, string } from "../schema/schema.ts";
import { optionalInt64 } from "./fields.ts";
import { conditionType } from "./names.ts";

export const condition = object({
  lastTransitionTime: string({ format: "date-time" }),
  message: optional(string({ maxLength: 32768 })),
  observedGeneration: optionalInt64,
  reason: string({ minLength: 1, maxLength: 1024 }),
  status: string({ enum: ["True", "False", "Unknown"] }),
  type: string(conditionType),
});
