import type { Write } from "../objects/write.ts";

/** Writes of the server's own controllers: allowed everything, named in `managedFields`. */
export function systemWrite(manager: string): Write {
  return {
    user: { name: `system:gatewright:${manager}`, groups: ["system:masters", "system:authenticated"] },
    manager,
    dryRun: false,
    fieldValidation: "Ignore",
    warn: () => {},
  };
}
